import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import { type ReasonCode, reasons } from '#lib/model/reasons.ts';
import { ownerWords } from './owner-words.ts';

interface ReasonNoteProps {
  readonly reason: ReasonCode;
  /** What the other side said; may hold text that an attacker wrote. */
  readonly detail?: string | null;
  readonly retryAt?: string | null;
}

/** Why something is not known: the reason, what to do, who acts, what was answered. */
export function ReasonNote({ reason, detail, retryAt }: ReasonNoteProps) {
  const { title, remedy, owner } = reasons[reason];
  return (
    <div className="max-w-[110ch]">
      <p>
        <span className="font-[550]">{title}.</span> {remedy}{' '}
        <span className="text-ink-3">
          For {ownerWords[owner]}
          {typeof retryAt === 'string' && (
            <>
              ; next try <RelativeTime at={retryAt} form="until" />
            </>
          )}
          .
        </span>
      </p>
      {typeof detail === 'string' && detail !== '' && (
        <p className="text-ink-3 text-label">
          <Wrap>{detail}</Wrap>
        </p>
      )}
    </div>
  );
}
