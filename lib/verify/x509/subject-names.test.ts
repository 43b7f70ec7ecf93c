import { expect, it } from 'vitest';
import { signerOf } from '#lib/verify/fulcio.ts';
import { extension, issue } from '#tests/builders/issued-certificate.ts';

const named = async (name: string, ...names: Parameters<typeof extension.names>) => {
  const extensions = names.length > 0 ? [extension.names(...names)] : [];
  return signerOf((await issue({ name, extensions })).parsed);
};

it.each([
  [{ type: 'url', value: 'spiffe://acme.example/build' }, 'uri', 'spiffe://acme.example/build'],
  [{ type: 'email', value: 'a@acme.example' }, 'email', 'a@acme.example'],
  [{ type: 'dns', value: 'build.acme.example' }, 'dns', 'build.acme.example'],
  [{ type: 'ip', value: '192.0.2.7' }, 'ip', '192.0.2.7'],
  [{ type: 'ip', value: '2001:db8::7' }, 'ip', '2001:db8:0:0:0:0:0:7'],
  [{ type: 'dn', value: 'CN=build' }, 'dn', 'CN=build'],
] as const)('R11: names the signer by %o', async (name, subjectType, subject) => {
  expect(await named('CN=x', name)).toMatchObject({
    subjectType,
    subject,
    distinguishedName: 'CN=x',
  });
});

it('names the signer by the subject where there is no alternative name', async () => {
  expect(await named('C=DE,O=Acme\\, Inc.,CN=build')).toMatchObject({
    subjectType: 'dn',
    subject: 'CN=build,O=Acme\\, Inc.,C=DE',
  });
  expect(await named('')).toMatchObject({ reason: 'identity-ambiguous' });
});

it('tells all names where there are several', async () => {
  const signer = await named(
    'CN=x',
    { type: 'email', value: 'a@acme.example' },
    { type: 'dns', value: 'acme.example' },
  );
  expect(signer).toMatchObject({
    subject: 'a@acme.example',
    names: [
      { kind: 'email', value: 'a@acme.example' },
      { kind: 'dns', value: 'acme.example' },
    ],
  });
});
