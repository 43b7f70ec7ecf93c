import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Case, countOthers, readCases } from './cases.ts';
import { judgeBundle } from './judge-bundle.ts';
import { judgeContentTrust } from './judge-content-trust.ts';
import { judgeEngineDocument } from './judge-engine-documents.ts';
import { judgeLegacy } from './judge-legacy.ts';
import { judgeNotation } from './judge-notation.ts';
import { judgePolicy } from './judge-policy.ts';
import { judgePrivatePki } from './judge-private-pki.ts';
import { judgeTimestamp } from './judge-timestamp.ts';
import { judgeTrustedRoot } from './judge-trusted-root.ts';
import { createStrangers, madeUpOf, type Strangers, wrongRefusal } from './made-up.ts';
import { aboutCase, notApplicable, type Outcome } from './outcome.ts';
import { type Fit, fitOf } from './refusal-words.ts';

/** Where the cases of other projects lie; undefined when they are not here. */
export function corporaFolder(): string | undefined {
  const folder =
    process.env['SEALWATCH_CORPORA'] ??
    path.resolve(import.meta.dirname, '../../../shared/corpora');
  return existsSync(path.join(folder, 'INDEX.json')) ? folder : undefined;
}

/** What came of all cases. */
export interface Report {
  readonly outcomes: readonly (Outcome & { readonly kind: string })[];
  /** Cases that must not verify and do: there may be none. */
  readonly falselyVerified: readonly Outcome[];
  readonly fits: readonly Fit[];
  /** Exceptions, inside the verifier or around it, each with its case. */
  readonly crashes: readonly string[];
  /** Cases of kinds that nobody judges here, by kind. */
  readonly others: ReadonlyMap<string, number>;
  readonly madeUp: { readonly run: number; readonly wrong: readonly string[] };
}

/** Runs every case of the kinds that Sealwatch verifies, and the refusals made up from the accepted. */
export async function runCases(folder: string): Promise<Report> {
  const cases = readCases(folder);
  const strangers = await createStrangers(folder);
  try {
    const outcomes: Report['outcomes'][number][] = [];
    const wrong: string[] = [];
    let run = 0;
    for (const one of cases) {
      const outcome = await runCase(folder, one);
      outcomes.push({ ...outcome, kind: one.kind });
      const made = await runMadeUp(folder, one, outcome, strangers);
      run += made.run;
      wrong.push(...made.wrong);
    }
    return {
      outcomes,
      falselyVerified: outcomes.filter(({ expected, verified }) => verified && expected !== 'pass'),
      fits: cases.flatMap((one, index) => {
        const outcome = outcomes[index];
        return (outcome && fitOf(one, outcome)) ?? [];
      }),
      crashes: outcomes.flatMap(({ id, why, refusals }) =>
        isCrash(why) || refusals.some(({ reason, detail }) => isCrash(`${reason} ${detail}`))
          ? [`${id}: ${why}`]
          : [],
      ),
      others: countOthers(folder),
      madeUp: { run, wrong },
    };
  } finally {
    strangers.remove();
  }
}

async function runMadeUp(folder: string, one: Case, outcome: Outcome, strangers: Strangers) {
  const wrong: string[] = [];
  if (!outcome.verified || outcome.result !== 'agreed') return { run: 0, wrong };
  const made = madeUpOf(one, strangers);
  for (const variant of made) {
    const problem = wrongRefusal(variant, await runCase(folder, variant.case));
    if (problem !== undefined) wrong.push(`${variant.case.id}: ${problem}`);
  }
  return { run: made.length, wrong };
}

async function runCase(folder: string, one: Case): Promise<Outcome> {
  if (one.notUnderstood !== undefined)
    return notApplicable(one, 'not-understood', one.notUnderstood);
  try {
    return await judgeOf(one)(folder, one);
  } catch (error) {
    const thrown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const why = `verifier-crash: ${thrown}`;
    return { ...aboutCase(one), verified: false, result: 'disagreed', why, refusals: [] };
  }
}

type Judge = (folder: string, one: Case) => Promise<Outcome> | Outcome;

function judgeOf({ kind, inputs }: Case): Judge {
  switch (kind) {
    case 'sigstore-bundle':
      return judgeBundle;
    case 'cosign-legacy':
      return inputs['caRoots'] === undefined ? judgeLegacy : judgePrivatePki;
    case 'notation-jws':
    case 'notation-cose':
      return judgeNotation;
    case 'rfc3161-token':
      return judgeTimestamp;
    case 'trusted-root':
      return judgeTrustedRoot;
    case 'dct-trust-data':
      return judgeContentTrust;
    case 'clusterimagepolicy':
    case 'policy-controller-config':
    case 'trustroot-crd':
    case 'kyverno-policy':
      return judgePolicy;
    case 'gatekeeper-constraint':
    case 'policyreport':
    case 'ratify-config':
    case 'portieris-policy':
    case 'k8s-manifest':
    case 'crd-schema':
      return judgeEngineDocument;
    default:
      throw new TypeError(`there is no judge for ${kind}`);
  }
}

const isCrash = (text: string): boolean =>
  /verifier-crash|\b[A-Z]\w*Error\b|Cannot read propert|is not a function|Maximum call stack/.test(
    text,
  );
