import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { digest } from '#lib/model/digest.ts';
import type { TrustData } from '#lib/model/trust-data.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { whyLapsed } from '#lib/verify/content-trust/judge-trust-data.ts';
import { openTrustData } from '#lib/verify/content-trust/open-trust-data.ts';
import { RootBody, TargetsBody } from '#lib/verify/content-trust/role-schema.ts';
import {
  checkSignatures,
  readBody,
  readMetadata,
} from '#lib/verify/content-trust/signed-metadata.ts';
import { readTrustKeys, type TrustKey } from '#lib/verify/content-trust/trust-key.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import type { Case } from './cases.ts';
import { aboutCase, caseDay, marked, notApplicable, type Outcome, outcomeOf } from './outcome.ts';

/** Judges a case about Docker Content Trust: a whole collection, or one role by itself. */
export function judgeContentTrust(folder: string, one: Case): Outcome {
  const { dir, role, rootKey } = one.inputs;
  if (typeof role === 'string')
    return outcomeOfRefusal(one, refusalOfRole(path.join(folder, role)));
  if (typeof dir !== 'string') return notApplicable(one, 'not-understood', 'it names no files');
  const data = readCollection(path.join(folder, dir));
  if (one.expected === 'parse-ok') {
    const opened = openTrustData(data);
    return outcomeOfRefusal(one, isRefusal(opened) ? opened : undefined);
  }
  if (typeof rootKey !== 'string') return notApplicable(one, 'content-trust-first-use');
  const pem = readFileSync(path.join(folder, rootKey), 'utf8');
  return outcomeOf(
    one,
    digestsOf(one, data).map((subject) => verdictOf(one, data, pem, subject)),
  );
}

/** What one refusal, or none, comes to for a case that is about metadata alone. */
function outcomeOfRefusal(one: Case, refusal: Refusal | undefined): Outcome {
  const good = one.expected === 'pass' || one.expected === 'parse-ok';
  const refusals = refusal === undefined ? [] : [refusal];
  return {
    ...aboutCase(one),
    verified: false,
    result: good === (refusal === undefined) ? 'agreed' : 'disagreed',
    why: refusal?.detail ?? 'every signature and hash holds',
    refusals,
  };
}

const [registry, repository] = ['registry.example', 'case'];

function verdictOf(one: Case, data: TrustData, rootKey: string, subject: string): EvidenceVerdict {
  const [tag = ''] = (one.options.reference ?? '').split('@');
  const authority = marked({
    kind: 'content-trust',
    name: 'case',
    source: { kind: 'command-line' },
    images: ['**'],
    rootKeys: [rootKey],
    delegations: one.options.delegations ?? [],
  });
  const named = digest(subject);
  const { verdict } = verifyImage(
    {
      subject: named,
      registry,
      repository,
      evidence: [
        { kind: 'content-trust', id: named, subject: named, sources: [], data, tags: [tag] },
      ],
      places: [],
      complete: true,
      warnings: [],
    },
    prepareMaterial({ authorities: [authority], trustRoots: [] }),
    [],
    caseDay,
  );
  const [item] = verdict.evidence;
  if (item === undefined) throw new TypeError('there is no verdict');
  return item;
}

/** The digest that the case names; else every one that any role names for the tag: none may pass. */
function digestsOf({ options }: Case, data: TrustData): readonly string[] {
  const [tag = '', named] = (options.reference ?? '').split('@');
  const one = options.resolvedDigest ?? named;
  if (one !== undefined) return [one];
  const found = data.files.flatMap(({ bytes }) => {
    const hash: unknown = JSON.parse(Buffer.from(bytes).toString()).signed.targets?.[tag]?.hashes
      ?.sha256;
    return typeof hash === 'string'
      ? [`sha256:${Buffer.from(hash, 'base64').toString('hex')}`]
      : [];
  });
  return found.length > 0 ? [...new Set(found)] : [`sha256:${sha256(tag).toString('hex')}`];
}

/** The files of a collection, wherever below the folder its root lies. */
function readCollection(folder: string): TrustData {
  const home = folderWithRoot(folder);
  const names = readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length).replaceAll(path.sep, '/'));
  const files = names.map((role) => ({ role, bytes: readRole(path.join(home, `${role}.json`)) }));
  const root = files.find(({ role }) => role === 'root');
  return {
    server: 'https://notary.example',
    gun: root === undefined ? '' : collectionNameIn(root.bytes),
    files,
    rootChain: [],
  };
}

function folderWithRoot(folder: string): string {
  if (existsSync(path.join(folder, 'root.json'))) return folder;
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find(
    (name) => path.basename(name) === 'root.json',
  );
  if (found === undefined) throw new TypeError(`${folder} holds no root.json`);
  return path.join(folder, path.dirname(found));
}

/** Some projects keep their files indented; what is hashed is the compact text that a server sends. */
function readRole(file: string): Buffer {
  const bytes = readFileSync(file);
  const text = bytes.toString('utf8');
  return text.includes('\n') ? Buffer.from(JSON.stringify(JSON.parse(text))) : bytes;
}

/** The cases do not say which collection they are about; the certificate of the root key does. */
function collectionNameIn(root: Uint8Array): string {
  const { keys, roles } = JSON.parse(Buffer.from(root).toString()).signed;
  const pem = Buffer.from(keys[roles.root.keyids[0]].keyval.public, 'base64');
  const name: unknown = new X509Certificate(pem).toLegacyObject().subject.CN;
  return typeof name === 'string' ? name : '';
}

/** A role by itself: signed by the keys that its neighbours name, and not expired. */
function refusalOfRole(file: string): Refusal | undefined {
  const role = path.basename(file, '.json');
  const metadata = readMetadata(role, readRole(file));
  if (isRefusal(metadata)) return metadata;
  const isRoot = metadata.body['_type'] === 'Root';
  const body = isRoot ? readBody(role, metadata, RootBody) : readBody(role, metadata, TargetsBody);
  if (isRefusal(body)) return body;
  const wanted = new Set(metadata.signatures.map(({ keyId }) => keyId));
  const keys = keysAround(path.dirname(file)).filter(({ id }) => wanted.has(id));
  const signers = checkSignatures(metadata, { name: role, keys, threshold: 1 });
  if (isRefusal(signers)) return signers;
  return whyLapsed(role, Date.parse(body.expires), caseDay);
}

/** Keys of all roots and delegations beneath a folder. */
function keysAround(folder: string): readonly TrustKey[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const { signed } = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
      const keys = readTrustKeys(signed.keys ?? signed.delegations?.keys ?? {});
      return isRefusal(keys) ? [] : [...keys.values()];
    });
}
