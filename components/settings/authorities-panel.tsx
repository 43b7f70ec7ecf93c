import { Digest } from '#components/ui/digest.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { Settings } from '#lib/contract/overview.ts';
import { urlOf } from '#lib/contract/url-state.ts';
import { AuthorityFindings, type SettingsFinding } from './authority-findings.tsx';

type Authority = Settings['authorities'][number];

interface AuthoritiesPanelProps {
  readonly authorities: readonly Authority[];
  readonly findings: readonly SettingsFinding[];
}

/** Whom we believe, about which images, how many images that proves, and what is weak about it. */
export function AuthoritiesPanel({ authorities, findings }: AuthoritiesPanelProps) {
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
    <Panel id="authorities" title="Authorities" hint="whom we believe, about which images">
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
        {authorities.map((authority) => (
          <AuthorityLines
            key={authority.name}
            authority={authority}
            findings={findings.filter(
              ({ about }) => about.kind === 'authority' && about.name === authority.name,
            )}
          />
        ))}
      </Table>
    </Panel>
  );
}

interface AuthorityLinesProps {
  readonly authority: Authority;
  readonly findings: readonly SettingsFinding[];
}

function AuthorityLines({ authority, findings }: AuthorityLinesProps) {
  const images = urlOf('/images', new URLSearchParams({ authority: authority.name }));
  const cell = findings.length > 0 ? 'py-2 align-top md:border-b-0' : 'py-2 align-top';
  return (
    <Tbody>
      <Tr>
        <Td card="lead" className={`max-w-72 ${cell}`}>
          <Wrap className="font-[550]">{authority.name}</Wrap>
          <span className="block text-ink-3 text-label">
            {authority.kind}, from {authority.source}
          </span>
          {authority.preset !== null && (
            <PresetSource preset={authority.preset} named={authority.name} />
          )}
        </Td>
        <Td card="lead" className={`max-w-80 ${cell}`}>
          <Lines texts={authority.images} />
        </Td>
        <Td card="lead" className={`max-w-[28rem] ${cell}`}>
          <Lines texts={authority.trusts} />
        </Td>
        <Td label="Trust root" card="full" className={`text-ink-2 ${cell}`}>
          <span className="min-w-0">
            {authority.trustRoot === null ? 'none needed' : <Wrap>{authority.trustRoot}</Wrap>}
            {authority.demands.map((demand) => (
              <Wrap key={demand} className="block text-ink-3 text-label">
                {demand}
              </Wrap>
            ))}
          </span>
        </Td>
        <Td label="Fingerprint" card="full" className={cell}>
          <Digest value={authority.fingerprint} />
        </Td>
        <Td numeric label="Proves" card="full" className={cell}>
          <Link href={images}>{formatCount(authority.verifiedImages)} images</Link>
        </Td>
      </Tr>
      {findings.length > 0 && (
        <Tr>
          <Td colSpan={6} card="lead" className="pb-3">
            <AuthorityFindings name={authority.name} findings={findings} />
          </Td>
        </Tr>
      )}
    </Tbody>
  );
}

interface PresetSourceProps {
  readonly preset: NonNullable<Authority['preset']>;
  /** The name of the authority, which is mostly that of the preset. */
  readonly named: string;
}

/** Where the facts of a preset were read; what no document says is among its findings. */
function PresetSource({ preset, named }: PresetSourceProps) {
  const { name, documents, readOn, confirmed } = preset;
  return (
    <span className="block text-ink-2 text-label">
      {name !== named && <Wrap>{`${name}: `}</Wrap>}
      {confirmed ? 'confirmed by ' : 'not confirmed in full by '}
      {documents.map((document, index) => (
        <span key={document}>
          {index > 0 && ', '}
          <a
            href={document}
            rel="noreferrer"
            target="_blank"
            title={document}
            className="text-accent hover:underline"
          >
            {labelOf(documents, index)}
          </a>
        </span>
      ))}
      {`, read ${readOn}`}
    </span>
  );
}

/** The host of a document, numbered where there are several of it. */
function labelOf(documents: readonly string[], index: number): string {
  const hosts = documents.map((document) => new URL(document).host);
  const host = hosts[index] ?? '';
  const before = hosts.slice(0, index).filter((other) => other === host).length;
  return before === 0 ? host : `${host} ${before + 1}`;
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
