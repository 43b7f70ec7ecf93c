import type { Evidence } from '#lib/model/evidence.ts';
import type { Artifact } from './artifact.ts';
import type { Demands } from './demands.ts';
import { type Examination, examineCertificate, examineKey } from './examine.ts';
import type { PreparedKey } from './keys.ts';
import { isSampled, type SecondOpinion } from './second-opinion.ts';
import type { SignedItem } from './signed-item.ts';
import type { TrustDomain } from './trusted-root.ts';

/**
 * Examines the signatures of one item of evidence about one artifact. An examination is done once,
 * however many authorities ask: they differ in whom they believe, not in the cryptography.
 */
export interface Examiner {
  readonly evidence: Evidence;
  readonly items: readonly SignedItem[];
  certificate(
    item: SignedItem,
    domain: TrustDomain,
    asked: AskedOf & Pick<Demands, 'sct'>,
  ): Examination;
  key(
    item: SignedItem,
    key: PreparedKey,
    domain: TrustDomain | undefined,
    asked: AskedOf,
  ): Examination;
  /** Signatures examined so far, each once. */
  count(): number;
  /** Examinations asked for so far, whether they were new or not. */
  asked(): number;
}

/** What an authority asks of logs and times. */
export type AskedOf = Pick<Demands, 'tlog' | 'atLeast'>;

/** An examiner for one item of evidence. */
export function createExaminer(
  evidence: Evidence,
  items: readonly SignedItem[],
  artifact: Artifact,
  now: Date,
  opinion: SecondOpinion,
): Examiner {
  const done = new Map<string, Examination>();
  let asked = 0;
  const once = (key: string, examine: () => Examination): Examination => {
    asked++;
    const known = done.get(key);
    if (known) return known;
    const examination = examine();
    done.set(key, examination);
    return examination;
  };
  const asks = (item: SignedItem, domain: TrustDomain | undefined): boolean =>
    opinion === 'always' || (domain !== undefined && isSampled(item, evidence.id, domain));
  return {
    evidence,
    items,
    certificate: (item, domain, asked) =>
      once(`${items.indexOf(item)} ${domain.name} ${domain.revision} ${nameOf(asked)}`, () =>
        examineCertificate(item, domain, {
          ...asked,
          artifact,
          now,
          secondOpinion: asks(item, domain),
        }),
      ),
    key: (item, key, domain, asked) =>
      once(
        `${items.indexOf(item)} ${key.fingerprint} ${key.hash} ${windowName(key)} ${domain?.name} ${nameOf(asked)}`,
        () =>
          examineKey(item, key, domain, {
            ...asked,
            artifact,
            sct: 'ignored',
            now,
            secondOpinion: asks(item, domain),
          }),
      ),
    count: () => done.size,
    asked: () => asked,
  };
}

/** Texts that differ wherever the answers may. */
const nameOf = ({ tlog, atLeast, sct }: AskedOf & Partial<Pick<Demands, 'sct'>>): string =>
  atLeast ? `${tlog} ${sct} ${JSON.stringify(atLeast)}` : `${tlog} ${sct}`;
const windowName = ({ window }: PreparedKey): string => (window ? JSON.stringify(window) : '');
