import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { DocumentProblem, ReadDocument } from '#lib/model/policy.ts';
import { type ObjectHead, readObject, refused } from '#lib/policy/object.ts';

const Parameters = z.record(z.string(), z.unknown());
const Body = z.looseObject({
  spec: z.looseObject({
    name: z.string().optional(),
    type: z.string().optional(),
    provider: z.string().optional(),
    version: z.string().optional(),
    artifactTypes: z.string().optional(),
    parameters: Parameters.optional(),
  }),
});

const named = ['Store', 'NamespacedStore', 'Verifier', 'NamespacedVerifier'];
const typed = ['Policy', 'NamespacedPolicy'];
const providing = ['CertificateStore', 'KeyManagementProvider', 'NamespacedKeyManagementProvider'];

/** One object of Ratify 1: where evidence lies, who checks it, by which rules, with which keys. */
export interface RatifyObject {
  readonly head: ObjectHead;
  /** Name of the plug-in: `notation`, `cosign`, `oras`, `inline`, `azurekeyvault` … */
  readonly plugin: string;
  /** Media types of the artifacts that a verifier takes. */
  readonly artifactTypes: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly document: unknown;
}

export const ratifyKinds = {
  group: 'config.ratify.deislabs.io',
  kinds: [...named, ...typed, ...providing],
  versions: ['v1beta1', 'v1alpha1'],
};

/** Reads an object of Ratify 1 (config.ratify.deislabs.io). */
export function readRatify(cluster: string, document: unknown): ReadDocument<RatifyObject> {
  const read = readObject(cluster, document, ratifyKinds, Body);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const { kind, version } = head.reference;
  const field = fieldOf(kind, version);
  // Early policies say what they are by their name alone.
  const plugin = body.spec[field] ?? (typed.includes(kind) ? head.reference.name : undefined);
  if (plugin === undefined || plugin === '') return refused(`spec.${field}`, 'is missing');
  const { parameters = {}, artifactTypes = '' } = body.spec;
  const problem = providing.includes(kind) ? inlineProblem(plugin, parameters) : undefined;
  if (problem !== undefined) return { kind: 'refused', problems: [problem] };
  const empty = { path: 'spec.parameters.value', message: 'spec.parameters.value is empty' };
  const holdsNothing =
    providing.includes(kind) && plugin === 'inline' && isEmpty(parameters['value']);
  return {
    kind: 'read',
    ignored: [...read.ignored, ...(holdsNothing ? [empty] : [])],
    value: {
      head,
      plugin,
      artifactTypes: artifactTypes
        .split(',')
        .map((type) => type.trim())
        .filter(Boolean),
      parameters,
      document,
    },
  };
}

/** The field that names the plug-in; of a policy, versions differ. */
function fieldOf(kind: string, version: string): 'name' | 'type' | 'provider' {
  if (providing.includes(kind)) return kind.endsWith('KeyManagementProvider') ? 'type' : 'provider';
  return typed.includes(kind) && version !== 'v1alpha1' ? 'type' : 'name';
}

/** An inline store must hold what it says it holds: certificates that can be read, or a key. */
function inlineProblem(
  plugin: string,
  { value, contentType }: Readonly<Record<string, unknown>>,
): DocumentProblem | undefined {
  const path = 'spec.parameters.value';
  if (plugin !== 'inline' || isEmpty(value)) return undefined;
  if (typeof value !== 'string') return { path, message: `${path} is no text` };
  if (contentType === 'key')
    return /-----BEGIN [A-Z ]*PUBLIC KEY-----/.test(value)
      ? undefined
      : { path, message: `${path} holds no public key in PEM` };
  const blocks = [...value.matchAll(certificateBlock)].map(([, body = '']) => body);
  if (blocks.length === 0) return { path, message: `${path} holds no certificate in PEM` };
  const bad = blocks.findIndex((block) => !isCertificate(block));
  return bad < 0 ? undefined : { path, message: `${path}: certificate ${bad + 1} cannot be read` };
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || (typeof value === 'string' && value.trim() === '');

const certificateBlock = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g;

/** Node passes over what is wrong in base64, and Go does not. */
function isCertificate(body: string): boolean {
  const base64 = body.replace(/\s+/g, '');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) return false;
  try {
    return new X509Certificate(bytes).raw.length === bytes.length;
  } catch {
    return false;
  }
}
