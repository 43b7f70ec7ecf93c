import type { VerifiedTime } from '#lib/model/verdict.ts';
import type { Certificate } from '#lib/verify/certificate.ts';
import { invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { nameText } from '#lib/verify/x509/distinguished-name.ts';
import {
  checkRevocation,
  type RevocationAnswers,
  type RevocationOutcome,
} from './check-revocation.ts';
import type { NotationEnvelope } from './envelope.ts';
import type { PreparedNotation } from './prepare-notation.ts';
import { verifyCountersignature } from './verify-countersignature.ts';

/** A clock that runs ahead of ours by more than this is wrong, or lying. */
const skewMs = 5 * 60_000;

/** What is asked about the time of a signature. `now` in milliseconds. */
export interface SigningTimeQuestion {
  readonly envelope: NotationEnvelope;
  readonly chain: readonly Certificate[];
  readonly prepared: PreparedNotation;
  readonly answers: RevocationAnswers;
  readonly now: number;
}

/** How the certificates were placed in time. */
export interface SigningTime {
  readonly refusal?: Refusal;
  readonly times: readonly VerifiedTime[];
  readonly detail: string;
  /** Milliseconds until when this holds. */
  readonly until: number;
  readonly lacks: RevocationOutcome['lacks'];
}

/**
 * Places the certificates in time: a signing authority vouches for the time itself; a countersignature
 * of a trusted timestamp authority does where the policy names one; without it the whole chain must be
 * valid now.
 */
export function proveSigningTime(question: SigningTimeQuestion): SigningTime {
  const { envelope, chain, prepared, now } = question;
  if (envelope.attributes.scheme === 'notary.x509.signingAuthority')
    return byAuthority(question, envelope.attributes.signingTime);
  const expired = chain.some(({ notAfter }) => now > notAfter);
  const wanted = prepared.authority.verifyTimestamp === 'always' || expired;
  return prepared.stores.tsa.length > 0 && wanted
    ? byCountersignature(question)
    : byClock(question);
}

function byAuthority({ chain, now }: SigningTimeQuestion, at: number): SigningTime {
  if (at > now + skewMs)
    return refused(invalid('time-future', `the signing authority says ${iso(at)}`));
  const outside = outsideOf(chain, at, at);
  if (outside) return refused(invalid('cert-expired-at-time', `${outside} at ${iso(at)}`));
  const by = nameText(chain[0]?.issuerDer ?? Buffer.alloc(0)) ?? 'the signing authority';
  return proven({ at: iso(at), source: 'signing-authority', by });
}

function byClock({ chain, prepared, now }: SigningTimeQuestion): SigningTime {
  const outside = outsideOf(chain, now, now);
  if (outside === undefined)
    return {
      times: [],
      lacks: [],
      until: Math.min(...chain.map(({ notAfter }) => notAfter)),
      detail: 'every certificate is valid now',
    };
  const why =
    prepared.stores.tsa.length > 0 ? '' : ', and the policy trusts no timestamp authority';
  const soon = chain.map(({ notBefore }) => notBefore).filter((from) => from > now);
  return {
    ...refused(invalid('no-trusted-time', `${outside} now${why}`)),
    until: Math.min(...soon, Number.POSITIVE_INFINITY),
  };
}

function byCountersignature({
  envelope,
  chain,
  prepared,
  answers,
  now,
}: SigningTimeQuestion): SigningTime {
  const { timestamp, signature } = envelope;
  if (timestamp === undefined)
    return refused(invalid('no-trusted-time', 'it carries no timestamp, which the policy demands'));
  const authorities = prepared.timestampAuthorities;
  const token = verifyCountersignature({ token: timestamp, signature, authorities });
  if (isRefusal(token)) return refused(token);
  if (token.from > now + skewMs)
    return refused(invalid('time-future', `${token.by} says ${iso(token.at)}`));
  const outside = outsideOf(chain, token.from, token.until);
  if (outside)
    return refused(
      invalid(
        'cert-expired-at-time',
        `${outside} at some time between ${iso(token.from)} and ${iso(token.until)}`,
      ),
    );
  const revocation = checkRevocation(token.chain, { answers, now });
  if (revocation.refusal)
    return { ...refused(revocation.refusal), lacks: revocation.lacks, until: revocation.until };
  return {
    ...proven({ at: iso(token.at), source: 'rfc3161', by: token.by }),
    until: revocation.until,
  };
}

/** Which certificate of the chain is not valid throughout a span; both of its ends belong to it. */
function outsideOf(chain: readonly Certificate[], from: number, until: number): string | undefined {
  for (const { notBefore, notAfter, subjectDer } of chain) {
    const who = `the certificate ${nameText(subjectDer) ?? ''}`;
    if (from < notBefore) return `${who} is valid from ${iso(notBefore)} on, so not`;
    if (until > notAfter) return `${who} was valid until ${iso(notAfter)}, so not`;
  }
  return undefined;
}

const proven = (time: VerifiedTime): SigningTime => ({
  times: [time],
  lacks: [],
  until: Number.POSITIVE_INFINITY,
  detail: `${time.at} by ${time.by}`,
});

const refused = (refusal: Refusal): SigningTime => ({
  refusal,
  times: [],
  lacks: [],
  until: Number.POSITIVE_INFINITY,
  detail: refusal.detail,
});

const iso = (time: number): string => new Date(time).toISOString();
