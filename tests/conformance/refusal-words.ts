import type { ReasonCode } from '#lib/model/reasons.ts';
import type { Case } from './cases.ts';
import type { Outcome } from './outcome.ts';

/** What words of other projects come to here: one of the codes must be among the refusals. */
type Meaning = readonly [words: RegExp, codes: readonly ReasonCode[]];

/** The first row whose words are in the name or the reason of a case counts. */
const meanings: readonly Meaning[] = [
  [
    /unknown version|malformed|not json|invalid format|empty certificate chain|managed key no key/,
    ['bundle-malformed', 'json-malformed', 'unsupported-format', 'key-unresolvable'],
  ],
  [/base64/, ['base64-malformed', 'bundle-malformed', 'signature-bad']],
  [/negative log index/, ['bundle-malformed', 'tlog-proof-bad']],
  // The one there is lacks a checkpoint too, which is found first.
  [/root cert\b/, ['cert-root-in-bundle', 'tlog-checkpoint-bad']],
  [/dsse two signatures|exactly one signature/, ['bundle-malformed']],
  [/another repository|match of repo/, ['reference-mismatch']],
  [
    /wrong instance|certificate not in the trust store|no path from leaf/,
    ['cert-untrusted-root', 'cert-path', 'tlog-unknown-log'],
  ],
  [/no signature annotation|signature annotation absent/, ['signature-bad', 'no-signature']],
  [/certificate (?:annotation )?absent/, ['key-unresolvable']],
  [
    /not by the trusted log key|untrusted log|set invalid signature/,
    ['tlog-set-bad', 'tlog-unknown-log'],
  ],
  [/bundle annotation absent/, ['tlog-missing']],
  [/in future/, ['time-future', 'cert-expired-at-time', 'tlog-set-bad']],
  // A time that was changed inside the signed bytes, whose base64 has line breaks too.
  [/incorrect time/, ['tsa-bad', 'time-future', 'cert-expired-at-time', 'bundle-malformed']],
  [/two log entries/, ['tlog-threshold']],
  [/no timestamp|timestamps? is required|timestamps required/, ['no-trusted-time']],
  [/validity window of the trusted public key/, ['key-window']],
  [/timestamp payload mismatch/, ['tsa-bad']],
  [/untrusted tsa/, ['tsa-untrusted']],
  [/outside trust root tsa validity/, ['tsa-untrusted', 'tsa-bad']],
  [/outside tsa cert validity/, ['tsa-bad', 'cert-expired-at-time']],
  [
    /outside (?:signing )?cert(?:ificate)? validity|expired certificate|certificate expired|expired cert\b/,
    ['cert-expired-at-time', 'no-trusted-time'],
  ],
  [/root expired|delegation expired/, ['trust-data-expired']],
  [/signature expiry|expired signature/, ['notation-expired']],
  [/ct key|\bsct\b/, ['sct-bad', 'sct-missing', 'sct-unknown-log']],
  [/checkpoint/, ['tlog-checkpoint-bad', 'tlog-unknown-log', 'bundle-malformed']],
  [/(?:missing|no) inclusion proof/, ['tlog-missing', 'tlog-proof-bad', 'bundle-malformed']],
  // A proof may be invalid because it has no checkpoint, which the format demands.
  [/inclusion proof|roothash/, ['tlog-proof-bad', 'tlog-checkpoint-bad', 'bundle-malformed']],
  [/missing validity start/, ['trustroot-missing']],
  [
    /entry mismatch|wrong hashedrekord|mismatch envelope|mismatch sig/,
    ['tlog-body', 'tlog-key', 'signature-bad', 'tlog-set-bad'],
  ],
  [
    /wrong digest|another manifest|digest does not match|changed after signing/,
    ['claim-digest', 'subject-mismatch', 'notation-target'],
  ],
  [/message digest mismatch/, ['claim-digest', 'signature-bad']],
  [/two digests for one tag/, ['claim-digest']],
  [/delegation has not signed|no delegations/, ['role-not-trusted', 'tag-not-signed']],
  [
    /trusted identity|identity does not match|other e-?mail|identity written|bad san/,
    ['identity-mismatch'],
  ],
  [/verification plugin/, ['unsupported-format', 'notation-crit']],
  // The wrong key may be no key at all.
  [/wrong key|incorrect public key/, ['signature-bad', 'tlog-key', 'key-unresolvable']],
  // Material of another signature, also about another artifact.
  [/wrong material/, ['signature-bad', 'tlog-key', 'tlog-body', 'claim-digest']],
  // Integrity is also broken where the envelope is, or its base64.
  [/integrity/, ['signature-bad', 'json-malformed', 'base64-malformed']],
  [/does not verify|is required|signature mismatch|signature invalid/, ['signature-bad']],
  [/rfc3161 token/, ['tsa-bad', 'tsa-eku', 'tsa-untrusted', 'unsupported-algorithm']],
  [/invalid sig/, ['signature-bad', 'tlog-body']],
];

/** How the refusals of a case sit with its own words. */
export interface Fit {
  readonly id: string;
  readonly fit: 'fits' | 'misfit' | 'no-words';
  readonly detail: string;
}

/** Undefined for what is accepted, and for policies that are refused before any evidence is looked at. */
export function fitOf(one: Case, { refusals }: Outcome): Fit | undefined {
  if (one.expected === 'pass' || one.expected === 'parse-ok' || refusals.length === 0)
    return undefined;
  const [reason, name] = [one.reason ?? '', one.id.replaceAll(/[-_/.]/g, ' ')].map((text) =>
    text.toLowerCase(),
  ) as [string, string];
  const given = refusals.map(({ reason }) => reason);
  const said = `${given.join(', ')} for "${name} ${reason}"`;
  const meaningOf = (text: string) => meanings.find(([words]) => words.test(text));
  // The reason says more than the name, which may be about what the case has besides.
  const [, codes] = meaningOf(reason) ?? meaningOf(`${name} ${reason}`) ?? [];
  if (codes === undefined) return { id: one.id, fit: 'no-words', detail: said };
  const fit = given.some((reason) => codes.includes(reason)) ? 'fits' : 'misfit';
  return { id: one.id, fit, detail: `${said}; ${codes.join(', ')} would fit` };
}
