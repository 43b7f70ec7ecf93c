import {
  ArrowRightLeft,
  CircleDashed,
  CircleQuestionMark,
  Copy,
  type LucideIcon,
  Pin,
  ShieldCheck,
  ShieldX,
  Tag,
  UserX,
} from 'lucide-react';
import type { FindingKind } from '#lib/model/posture.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';

interface Word {
  readonly word: string;
  readonly Icon: LucideIcon;
  /** Class of the icon's colour; kinds that are no verdict stay neutral. */
  readonly color: string;
}

/** How each status is written and drawn: icon and word always, colour third. */
export const statusWords: Readonly<Record<VerdictStatus, Word>> = {
  verified: { word: 'Verified', Icon: ShieldCheck, color: 'text-verified' },
  untrusted: { word: 'Untrusted signer', Icon: UserX, color: 'text-untrusted' },
  invalid: { word: 'Invalid', Icon: ShieldX, color: 'text-invalid' },
  unsigned: { word: 'Unsigned', Icon: CircleDashed, color: 'text-unsigned' },
  inconclusive: { word: 'Could not check', Icon: CircleQuestionMark, color: 'text-inconclusive' },
};

/** The same for kinds of finding, of which four are statuses. */
export const findingWords: Readonly<Record<FindingKind, Word>> = {
  invalid: statusWords.invalid,
  unsigned: statusWords.unsigned,
  untrusted: statusWords.untrusted,
  inconclusive: statusWords.inconclusive,
  'tag-moved': { word: 'Tag moved', Icon: ArrowRightLeft, color: 'text-ink' },
  'replicas-differ': { word: 'Replicas differ', Icon: Copy, color: 'text-ink' },
  'tag-pinned': { word: 'Not pinned', Icon: Tag, color: 'text-ink' },
};

export const pinIcons = { pin: Pin, tag: Tag, moved: ArrowRightLeft } as const;
