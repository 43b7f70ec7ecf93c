import { parseArgs } from 'node:util';
import { readEnvironment } from '#lib/config/environment.ts';
import type { EvidenceVerdict, ImageVerdict } from '#lib/model/verdict.ts';
import { evidenceText } from './evidence-text.ts';
import { imageConfiguration, imageHelp, imageOptions, referencesOf } from './image-options.ts';
import { printable } from './printable.ts';
import { oneOf, UsageError } from './usage.ts';
import { openVerification } from './verification.ts';

/** Cosign's short names of predicate types. */
const types: Readonly<Record<string, string>> = {
  custom: 'https://cosign.sigstore.dev/attestation/v1',
  vuln: 'https://cosign.sigstore.dev/attestation/vuln/v1',
  slsaprovenance: 'https://slsa.dev/provenance/v0.2',
  slsaprovenance02: 'https://slsa.dev/provenance/v0.2',
  slsaprovenance1: 'https://slsa.dev/provenance/v1',
  spdx: 'https://spdx.dev/Document',
  spdxjson: 'https://spdx.dev/Document',
  cyclonedx: 'https://cyclonedx.org/bom',
  link: 'https://in-toto.io/Link/v1',
  openvex: 'https://openvex.dev/ns',
};

const help = `sealwatch verify-attestation IMAGE…: is a statement of this type signed, and what does it say

  --type TYPE                         ${Object.keys(types).join(', ')},
                                      or the URI of a predicate type (default: custom)
${imageHelp}
Exit: 0 every image has one that is verified, 1 one has not, 2 wrong use, 3 one could not be checked.
`;

const options = { ...imageOptions, type: { type: 'string', default: 'custom' } } as const;

/** Verifies attestations of images. The type that counts is the one inside the signed payload. */
export async function run(parameters: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: parameters, options, allowPositionals: true });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const output = oneOf('-o', values.output, ['text', 'json']);
  const type = typeOf(values.type);
  const references = referencesOf(positionals);
  const environment = readEnvironment();
  const configuration = imageConfiguration(values, environment, references);
  const verification = await openVerification(configuration, environment, (problem) =>
    process.stderr.write(`sealwatch: ${problem}\n`),
  );
  try {
    let worst = 0;
    for (const [index, reference] of references.entries()) {
      const text = positionals[index] ?? '';
      const { verdict } = await verification.look(reference, text);
      const found = verdict.evidence.filter((item) => isVerified(item, type));
      process.stdout.write(
        output === 'json' ? `${JSON.stringify(found)}\n` : attestationsText(text, type, found),
      );
      worst = Math.max(worst, exitCode(verdict, found));
    }
    return worst;
  } finally {
    await verification.close();
  }
}

function typeOf(text: string): string {
  const known = Object.hasOwn(types, text) ? types[text] : undefined;
  if (known !== undefined) return known;
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return text;
  throw new UsageError(
    `--type must be one of ${Object.keys(types).join(', ')}, or a URI, not "${text}"`,
  );
}

/** Right signer, right image, and exactly this type (CVE-2022-35929). */
const isVerified = ({ status, proves, predicateType }: EvidenceVerdict, type: string): boolean =>
  status === 'verified' && proves === 'attested' && predicateType === type;

function exitCode(
  { evidence, places }: ImageVerdict,
  found: readonly EvidenceVerdict[],
): 0 | 1 | 3 {
  if (found.length > 0) return 0;
  const open =
    places.some(({ outcome }) => outcome === 'failed') ||
    evidence.some(({ status }) => status === 'inconclusive');
  return open ? 3 : 1;
}

const attestationsText = (image: string, type: string, found: readonly EvidenceVerdict[]): string =>
  [
    `${printable(image)}: ${found.length} verified of the type ${printable(type)}\n`,
    ...found.map(evidenceText),
  ].join('');
