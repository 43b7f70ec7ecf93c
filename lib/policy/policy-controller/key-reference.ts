import type { DocumentProblem } from '#lib/model/policy.ts';
import { publicKeysIn } from '#lib/policy/public-keys.ts';
import { refusedValue } from '#lib/policy/refused-value.ts';
import type { CipKey } from './schema.ts';

const providers = ['awskms://', 'azurekms://', 'hashivault://', 'gcpkms://'] as const;
const hashes: readonly string[] = ['sha224', 'sha256', 'sha384', 'sha512'];
const arn = /^arn:[^:/]*:kms:[^:/]*:[^:/]*:(?:key|alias)$/;

/** The key of a PEM text as a list; of several, the engine reads the first alone. */
export const keyIn = (data: string): readonly string[] => publicKeysIn(data).slice(0, 1);

/** The hash with which the engine tries a key, which is the only one that it tries. */
export const hashNameOf = ({ hashAlgorithm }: CipKey): string =>
  hashAlgorithm?.trim().toLowerCase() || 'sha256';

/** What the webhook finds wrong with a reference to a key; `path` is where it stands. */
export function keyProblems(key: CipKey, path: string): readonly DocumentProblem[] {
  const given = [key.data, key.kms, key.secretRef].filter((one) => one !== undefined && one !== '');
  const all = `${path}.data, ${path}.kms, ${path}.secretref`;
  const problems: DocumentProblem[] = [];
  if (given.length === 0)
    problems.push({ path, message: `${path} must have one of ${all}, and has none` });
  if (given.length > 1)
    problems.push({ path, message: `${path} must have one of ${all}, and has several` });
  const { hashAlgorithm, data, kms } = key;
  if (hashAlgorithm && !hashes.includes(hashAlgorithm.trim().toLowerCase()))
    problems.push(
      refusedValue(`${path}.hashAlgorithm`, hashAlgorithm, `is none of ${hashes.join(', ')}`),
    );
  if (data && publicKeysIn(data).length === 0)
    problems.push(refusedValue(`${path}.data`, data, 'is not a public key in PEM'));
  if (kms) problems.push(...kmsProblems(kms, `${path}.kms`));
  return problems;
}

function kmsProblems(kms: string, path: string): readonly DocumentProblem[] {
  if (!providers.some((provider) => kms.startsWith(provider)))
    return [refusedValue(path, kms, `begins with none of ${providers.join(', ')}`)];
  if (!kms.startsWith('awskms://')) return [];
  const [, , host = '', id = ''] = kms.split('/');
  // Ids and aliases without an ARN would need settings that the engine does not have.
  if (host !== '' && !/^[^:]+:\d+$/.test(host))
    return [refusedValue(path, kms, 'has an endpoint that is not host:port')];
  return arn.test(id)
    ? []
    : [refusedValue(path, kms, 'does not name a key or an alias by its ARN')];
}
