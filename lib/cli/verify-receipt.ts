import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readEnvironment } from '#lib/config/environment.ts';
import type { Receipt } from '#lib/model/receipt.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { type ReceiptOutcome, verifyReceipt } from '#lib/verify/receipt/verify-receipt.ts';
import { loadConfiguration } from '#lib/wiring/configuration.ts';
import { printable } from './printable.ts';
import { oneOf, UsageError } from './usage.ts';
import { verdictText } from './verdict-text.ts';

const help = `sealwatch verify-receipt FILE: find the verdict of a receipt again, from the file alone

  --trusted-root FILE   the trust root under which it must hold
  --authority NAME      the authority of the configuration under which it must hold, with
  --config FILE         the configuration (SEALWATCH_CONFIG, or ./sealwatch.yaml)
  -o text|json

Nothing is asked of any network. The receipt proves that its evidence verifies under the trust roots
and authorities in it, whose digests are printed. Whether those are the right ones, it cannot prove:
pin them with the options, or compare the digests with what you know.

Exit: 0 verified as recorded, under what was pinned; 1 not, or the recorded verdict is another one
than "verified"; 2 wrong use; 3 as recorded, and the recorded verdict is "inconclusive".
`;

const options = {
  'trusted-root': { type: 'string' },
  authority: { type: 'string' },
  config: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Verifies a receipt offline. */
export async function run(parameters: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: parameters, options, allowPositionals: true });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const output = oneOf('-o', values.output, ['text', 'json']);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('name one receipt');
  const pins = {
    root: await rootDigest(values['trusted-root']),
    authority: authorityFingerprint(values.authority, values.config),
  };
  const outcome = verifyReceipt(await read('the receipt', file), new Date());
  const unpinned =
    outcome.outcome === 'as-recorded' ? pinProblem(outcome.receipt, pins) : undefined;
  process.stdout.write(
    output === 'json'
      ? `${JSON.stringify({ ...outcome, ...(unpinned && { unpinned }) })}\n`
      : outcomeText(file, outcome, unpinned),
  );
  if (outcome.outcome !== 'as-recorded' || unpinned !== undefined) return 1;
  const { status } = outcome.receipt.verdict;
  if (status === 'inconclusive') return 3;
  return status === 'verified' ? 0 : 1;
}

interface Pins {
  readonly root: string | undefined;
  readonly authority: string | undefined;
}

async function rootDigest(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return `sha256:${sha256(await read('--trusted-root', file)).toString('hex')}`;
}

function authorityFingerprint(
  name: string | undefined,
  config: string | undefined,
): string | undefined {
  if (name === undefined) return undefined;
  const configPath = config === undefined ? {} : { configPath: path.resolve(config) };
  const { authorities } = loadConfiguration({ ...readEnvironment(), ...configPath });
  const found = authorities.find((authority) => authority.name === name);
  if (found === undefined) throw new UsageError(`the configuration has no authority "${name}"`);
  return found.fingerprint;
}

/** Why what the receipt rests on is not what was pinned. */
function pinProblem({ verdict }: Receipt, { root, authority }: Pins): string | undefined {
  const deciding = verdict.evidence.filter((item) => decides(item, verdict.status));
  if (authority !== undefined && !deciding.some((item) => item.authorityFingerprint === authority))
    return 'it does not rest on the pinned authority';
  if (root !== undefined && !deciding.some(({ trustRoot }) => trustRoot?.revision === root))
    return 'it does not rest on the pinned trust root';
  return undefined;
}

const decides = ({ status, proves }: EvidenceVerdict, verdict: string): boolean =>
  status === verdict && (verdict !== 'verified' || proves === 'signed');

function outcomeText(file: string, outcome: ReceiptOutcome, unpinned: string | undefined): string {
  const name = printable(file);
  if (outcome.outcome === 'refused') return `${name}: refused: ${printable(outcome.detail)}\n`;
  if (outcome.outcome === 'differs')
    return `${name}: refused: another verdict follows from it than is recorded (${printable(outcome.where.join(', '))})\nrecorded: ${printable(outcome.receipt.verdict.status)}, found: ${outcome.found.status}\n`;
  const { receipt, pins, exact } = outcome;
  const { registry, repository, digest } = receipt.verdict;
  const words = exact ? '' : `, by another version (${printable(receipt.verifierVersion)})`;
  const head = `${name}: ${receipt.verdict.status} as recorded at ${receipt.judgedAt}${words}\n`;
  const proves = [
    'It proves that the evidence in it verifies under:',
    ...pins.authorities.map(
      ({ name: one, digest: by, fingerprint }) =>
        `  authority ${one} ${by} (fingerprint ${fingerprint})`,
    ),
    ...pins.trustRoots.map(({ name: one, revision }) => `  trust root ${one} ${revision}`),
    unpinned === undefined ? '' : `NOT as pinned: ${unpinned}`,
  ].filter((line) => line !== '');
  return `${head}${proves.map((line) => `${printable(line)}\n`).join('')}${verdictText(`${registry}/${repository}@${digest}`, receipt.verdict)}`;
}

async function read(what: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`${what}: ${(error as Error).message}`);
  }
}
