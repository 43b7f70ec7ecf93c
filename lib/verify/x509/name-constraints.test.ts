import { describe, expect, it } from 'vitest';
import { isRefusal } from '#lib/verify/refusal.ts';
import {
  anAuthority,
  aSigner,
  extension,
  issue,
  purpose,
  trusting,
} from '#tests/builders/issued-certificate.ts';
import { validatePath } from './validate-path.ts';

/** Tags of names (RFC 5280 §4.2.1.6). */
const [email, dns, uri, ip, other] = [0x81, 0x82, 0x86, 0x87, 0xa0];

type Names = Parameters<typeof extension.names>;
type Subtrees = Parameters<typeof extension.constraints>[0];

async function outcome(names: Names, permitted: Subtrees, excluded: Subtrees = [], name = 'CN=x') {
  const root = await anAuthority();
  const middle = await anAuthority({
    issuer: root,
    extensions: [extension.constraints(permitted, excluded)],
  });
  const extensions = [
    extension.signs(),
    extension.for([purpose.code]),
    ...(names.length > 0 ? [extension.names(...names)] : []),
  ];
  const leaf = await aSigner(middle, { name, extensions });
  const path = validatePath({
    leaf: leaf.parsed,
    intermediates: [],
    authorities: trusting([middle, root]),
    domain: 'test',
    purpose: 'code-signing',
    times: [Date.now()],
  });
  return isRefusal(path) ? path.reason : 'good';
}

describe('N42: name constraints', () => {
  it.each([
    ['a host below', { type: 'dns', value: 'build.acme.example' }, 'good'],
    ['the host itself', { type: 'dns', value: 'ACME.example' }, 'good'],
    ['a host that ends alike', { type: 'dns', value: 'evilacme.example' }, 'cert-path'],
    ['another host', { type: 'dns', value: 'acme.example.evil.example' }, 'cert-path'],
    ['a name of another kind', { type: 'email', value: 'a@evil.example' }, 'good'],
  ] as const)('allow hosts: %s', async (_, name, expected) => {
    expect(await outcome([name], [[dns, 'acme.example']])).toBe(expected);
  });

  it.each([
    ['https://github.com/acme/app', 'good'],
    ['https://github.com:443/acme', 'good'],
    ['https://user@github.com/acme', 'good'],
    ['https://github.com.evil.example/', 'cert-path'],
    ['https://evil.example/?https://github.com/', 'cert-path'],
    ['https://github.com@evil.example/', 'cert-path'],
    ['https://192.0.2.1/', 'cert-path'],
    ['urn:github.com', 'cert-path'],
  ])('allow URIs: %s', async (value, expected) => {
    expect(await outcome([{ type: 'url', value }], [[uri, 'github.com']])).toBe(expected);
  });

  it.each([
    ['release@acme.example', 'acme.example', 'good'],
    ['release@sub.acme.example', '.acme.example', 'good'],
    ['release@acme.example', '.acme.example', 'cert-path'],
    ['release@acme.example', 'release@acme.example', 'good'],
    ['Release@acme.example', 'release@acme.example', 'cert-path'],
    ['a@acme.example@evil.example', 'acme.example', 'cert-path'],
    ['no address', 'acme.example', 'cert-path'],
  ])('allow e-mail: %s in %s', async (value, base, expected) => {
    expect(await outcome([{ type: 'email', value }], [[email, base]])).toBe(expected);
  });

  it('reach the e-mail address in a subject without alternative names', async () => {
    const permitted: Subtrees = [[email, 'acme.example']];
    expect(await outcome([], permitted, [], 'E=a@acme.example')).toBe('good');
    expect(await outcome([], permitted, [], 'E=a@evil.example')).toBe('cert-path');
  });

  it.each([
    ['192.0.2.7', 'good'],
    ['198.51.100.7', 'cert-path'],
    ['2001:db8::1', 'cert-path'],
  ])('allow addresses: %s', async (value, expected) => {
    const range = Buffer.of(192, 0, 2, 0, 255, 255, 255, 0);
    expect(await outcome([{ type: 'ip', value }], [[ip, range]])).toBe(expected);
  });

  it('exclude, also what cannot be compared', async () => {
    const excluded: Subtrees = [[uri, 'evil.example']];
    const at = (value: string) => outcome([{ type: 'url', value }], [], excluded);
    expect(await at('https://good.example/')).toBe('good');
    expect(await at('https://www.evil.example/')).toBe('cert-path');
    expect(await at('urn:evil')).toBe('cert-path');
  });

  it('are about subjects too, whatever their case', async () => {
    const unit = (await issue({ name: 'O=Acme' })).parsed.subjectDer;
    const permitted: Subtrees = [[0xa4, unit]];
    expect(await outcome([], permitted, [], 'O=Acme,CN=x')).toBe('good');
    expect(await outcome([], permitted, [], 'O=ACME,CN=x')).toBe('good');
    expect(await outcome([], permitted, [], 'O=Acme2,CN=x')).toBe('cert-path');
    expect(await outcome([], [], permitted, 'O=acme,CN=x')).toBe('cert-path');
  });

  it('of another kind, or malformed, let nothing be judged', async () => {
    const name = { type: 'dns', value: 'acme.example' } as const;
    expect(await outcome([name], [[other, 'x']])).toBe('unsupported-format');
    expect(await outcome([name], [[ip, 'short']])).toBe('unsupported-format');
    expect(await outcome([name], [])).toBe('unsupported-format');
  });

  it('bind the authorities below as well', async () => {
    const root = await anAuthority({
      extensions: [extension.constraints([[dns, 'acme.example']])],
    });
    const middle = await anAuthority({
      issuer: root,
      extensions: [extension.names({ type: 'dns', value: 'evil.example' })],
    });
    const path = validatePath({
      leaf: (await aSigner(middle)).parsed,
      intermediates: [],
      authorities: trusting([middle, root]),
      domain: 'test',
      purpose: 'code-signing',
      times: [Date.now()],
    });
    expect(path).toMatchObject({ reason: 'cert-path' });
  });
});
