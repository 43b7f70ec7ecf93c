import { Digest } from '#components/ui/digest.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { Settings } from '#lib/contract/overview.ts';
import { urlOf } from '#lib/contract/url-state.ts';

type Authority = Settings['authorities'][number];

/** Whom we believe, about which images, and how many images that proves. */
export function AuthoritiesPanel({ authorities }: { readonly authorities: readonly Authority[] }) {
  if (authorities.length === 0) {
    return (
      <Panel title="Authorities">
        <p className="max-w-[90ch] border-line border-t px-4 py-3 text-ink-2">
          None is configured, so no signature can be proven: a good one is shown as an untrusted
          signer, with the authority that would trust it. Add it under authorities in the
          configuration.
        </p>
      </Panel>
    );
  }
  return (
    <Panel title="Authorities" hint="whom we believe, about which images">
      <Table caption="Authorities">
        <thead>
          <tr>
            <Th>Authority</Th>
            <Th>Images</Th>
            <Th>Trusts</Th>
            <Th>Trust root</Th>
            <Th>Fingerprint</Th>
            <Th numeric>Proves</Th>
          </tr>
        </thead>
        <Tbody>
          {authorities.map((authority) => (
            <AuthorityLine key={authority.name} authority={authority} />
          ))}
        </Tbody>
      </Table>
    </Panel>
  );
}

function AuthorityLine({ authority }: { readonly authority: Authority }) {
  const images = urlOf('/images', new URLSearchParams({ authority: authority.name }));
  return (
    <Tr>
      <Td card="lead" className="py-2 align-top">
        <Wrap className="font-[550]">{authority.name}</Wrap>
        <span className="block text-ink-3 text-label">
          {authority.kind}, from {authority.source}
        </span>
      </Td>
      <Td card="lead" className="max-w-80 py-2 align-top">
        <Lines texts={authority.images} />
      </Td>
      <Td card="lead" className="max-w-[28rem] py-2 align-top">
        <Lines texts={authority.trusts} />
      </Td>
      <Td label="Trust root" card="full" className="py-2 align-top text-ink-2">
        {authority.trustRoot === null ? 'none needed' : <Wrap>{authority.trustRoot}</Wrap>}
      </Td>
      <Td label="Fingerprint" card="full" className="py-2 align-top">
        <Digest value={authority.fingerprint} />
      </Td>
      <Td numeric label="Proves" card="full" className="py-2 align-top">
        <Link href={images}>{formatCount(authority.verifiedImages)} images</Link>
      </Td>
    </Tr>
  );
}

function Lines({ texts }: { readonly texts: readonly string[] }) {
  return (
    <ul className="grid gap-1">
      {texts.map((text) => (
        <li key={text}>
          <Wrap className="font-mono text-code">{text}</Wrap>
        </li>
      ))}
    </ul>
  );
}
