import type { Evidence } from '#lib/model/evidence.ts';
import type { Artifact } from './artifact.ts';
import type { Demands } from './demands.ts';
import { type Examination, examineCertificate, examineKey } from './examine.ts';
import type { PreparedKey } from './keys.ts';
import { isSampled, type SecondOpinion } from './second-opinion.ts';
import type { SignedItem } from './signed-item.ts';
import type { TrustDomain } from './trusted-root.ts';

/** What an authority asks of logs and times. */
export type AskedOf = Pick<Demands, 'tlog' | 'atLeast'>;

/** What is examined, and when. */
interface ExaminerQuestion {
  readonly evidence: Evidence;
  readonly items: readonly SignedItem[];
  readonly artifact: Artifact;
  readonly now: Date;
  readonly opinion: SecondOpinion;
}

/**
 * Examines the signatures of one item of evidence about one artifact. An examination is done once,
 * however many authorities ask: they differ in whom they believe, not in the cryptography.
 */
export class Examiner {
  readonly evidence: Evidence;
  readonly items: readonly SignedItem[];
  readonly #question: ExaminerQuestion;
  readonly #done = new Map<string, Examination>();
  #asked = 0;

  constructor(question: ExaminerQuestion) {
    this.#question = question;
    this.evidence = question.evidence;
    this.items = question.items;
  }

  /** Signatures examined so far, each once. */
  get count(): number {
    return this.#done.size;
  }

  /** Examinations asked for so far, whether they were new or not. */
  get asked(): number {
    return this.#asked;
  }

  certificate(
    item: SignedItem,
    domain: TrustDomain,
    asked: AskedOf & Pick<Demands, 'sct'>,
  ): Examination {
    const key = `${this.items.indexOf(item)} ${domain.name} ${domain.revision} ${nameOf(asked)}`;
    return (
      this.#known(key) ??
      this.#keep(key, examineCertificate(item, domain, this.#demands(item, domain, asked)))
    );
  }

  key(
    item: SignedItem,
    key: PreparedKey,
    domain: TrustDomain | undefined,
    asked: AskedOf,
  ): Examination {
    const name = `${this.items.indexOf(item)} ${key.fingerprint} ${key.hash} ${windowName(key)} ${domain?.name} ${nameOf(asked)}`;
    return (
      this.#known(name) ??
      this.#keep(
        name,
        examineKey(item, key, domain, this.#demands(item, domain, { ...asked, sct: 'ignored' })),
      )
    );
  }

  #demands(
    item: SignedItem,
    domain: TrustDomain | undefined,
    asked: AskedOf & Pick<Demands, 'sct'>,
  ): Demands {
    const { artifact, now, opinion, evidence } = this.#question;
    const secondOpinion =
      opinion === 'always' || (domain !== undefined && isSampled(item, evidence.id, domain));
    return { ...asked, artifact, now, secondOpinion };
  }

  #known(key: string): Examination | undefined {
    this.#asked++;
    return this.#done.get(key);
  }

  #keep(key: string, examination: Examination): Examination {
    this.#done.set(key, examination);
    return examination;
  }
}

/** Texts that differ wherever the answers may. */
const nameOf = ({ tlog, atLeast, sct }: AskedOf & Partial<Pick<Demands, 'sct'>>): string =>
  atLeast ? `${tlog} ${sct} ${JSON.stringify(atLeast)}` : `${tlog} ${sct}`;
const windowName = ({ window }: PreparedKey): string => (window ? JSON.stringify(window) : '');
