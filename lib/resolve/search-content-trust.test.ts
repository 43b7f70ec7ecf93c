import { describe, expect, it } from 'vitest';
import { OperationalError } from '#lib/errors.ts';
import { digest } from '#lib/model/digest.ts';
import type { ContentTrustReader, TrustDataAnswer } from '#lib/ports/trust.ts';
import { isComplete, searchContentTrust } from './search-content-trust.ts';

const subject = {
  registry: 'registry.example',
  repository: 'team/app',
  digest: digest(`sha256:${'ab'.repeat(32)}`),
};
const data = {
  server: 'https://notary.example',
  gun: 'registry.example/team/app',
  files: [{ role: 'root', bytes: Buffer.from('{}') }],
  rootChain: [],
};

const reader = (answer: () => TrustDataAnswer, pinned = true): ContentTrustReader => ({
  settingFor: (_, repository) =>
    repository === 'team/app' ? { server: 'https://notary.example', pinned } : undefined,
  read: async () => answer(),
});
const failing = (): never => {
  throw new OperationalError('registry-forbidden', 'it answered 403', { retryable: true });
};
const search = (answer: () => TrustDataAnswer, pinned?: boolean) =>
  searchContentTrust({ reader: reader(answer, pinned) }, subject);

describe('searchContentTrust', () => {
  it('looks nowhere unless a server is named for the image', async () => {
    const nothing = { places: [], evidence: [] };
    expect(await searchContentTrust(undefined, subject)).toEqual(nothing);
    const other = { ...subject, repository: 'team/other' };
    expect(await searchContentTrust({ reader: reader(failing) }, other)).toEqual(nothing);
  });

  it('hands on what it finds, under a name for all of it', async () => {
    const found = await search(() => ({ state: 'found', data }));
    expect(found.places).toMatchObject([{ place: 'content-trust', outcome: 'searched', found: 1 }]);
    expect(found.evidence).toMatchObject([{ kind: 'content-trust', data, tags: [] }]);
    const remembered = { ...data, memory: { root: '', roles: {}, since: '2026-01-01T00:00:00Z' } };
    const again = await search(() => ({ state: 'found', data: remembered }));
    expect(again.evidence[0]?.id).not.toBe(found.evidence[0]?.id);
  });

  it('counts an unknown collection and an ended service as searched', async () => {
    const none = await search(() => ({ state: 'none' }));
    expect(none.places).toMatchObject([{ outcome: 'searched', found: 0 }]);
    const ended = await search(() => ({ state: 'retired', detail: 'it ended' }));
    expect(ended.places).toMatchObject([{ outcome: 'unsupported', detail: 'it ended' }]);
    expect(isComplete([...none.places, ...ended.places])).toBe(true);
  });

  it('N84 keeps the search incomplete when it could not look and a root is pinned', async () => {
    const pinned = await search(failing);
    expect(pinned.places).toMatchObject([{ outcome: 'failed', reason: 'registry-forbidden' }]);
    expect(isComplete(pinned.places)).toBe(false);
    const legacy = await search(failing, false);
    expect(legacy.places).toMatchObject([{ outcome: 'failed', immaterial: true }]);
    expect(isComplete(legacy.places)).toBe(true);
  });
});
