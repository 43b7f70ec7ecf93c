import { Clock3 } from 'lucide-react';
import { Digest } from '#components/ui/digest.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { Settings } from '#lib/contract/overview.ts';
import { AuthorityFindings, type SettingsFinding } from './authority-findings.tsx';

type Root = Settings['trustRoots'][number];

interface TrustRootsPanelProps {
  readonly roots: readonly Root[];
  readonly findings: readonly SettingsFinding[];
}

/** The keys and certificate authorities underneath, each a domain of its own. */
export function TrustRootsPanel({ roots, findings }: TrustRootsPanelProps) {
  return (
    <Panel id="trust-roots" title="Trust roots" hint="never pooled: an authority names its own">
      {roots.length === 0 ? (
        <p className="border-line border-t px-4 py-3 text-ink-2">No trust root is in use.</p>
      ) : (
        <Table caption="Trust roots">
          <thead>
            <tr>
              <Th>Trust root</Th>
              <Th>Origin</Th>
              <Th>Revision</Th>
              <Th numeric>Expires</Th>
              <Th numeric>As of</Th>
            </tr>
          </thead>
          {roots.map((root) => (
            <RootLines
              key={root.name}
              root={root}
              findings={findings.filter(
                ({ about }) => about.kind === 'trust-root' && about.name === root.name,
              )}
            />
          ))}
        </Table>
      )}
    </Panel>
  );
}

interface RootLinesProps {
  readonly root: Root;
  readonly findings: readonly SettingsFinding[];
}

function RootLines({ root, findings }: RootLinesProps) {
  const cell = findings.length > 0 ? 'md:border-b-0' : '';
  return (
    <Tbody>
      <Tr>
        <Td card="lead" className={`py-2 ${cell}`}>
          <Wrap className="font-[550]">{root.name}</Wrap>
          {root.stale !== null && (
            <span className="flex gap-1.5 text-label text-notice-text">
              <Clock3 aria-hidden="true" className="size-3.5" />
              <Wrap>{root.stale}</Wrap>
            </span>
          )}
        </Td>
        <Td card="lead" className={`max-w-96 text-ink-2 ${cell}`}>
          <Wrap>{root.origin}</Wrap>
        </Td>
        <Td label="Revision" className={`max-w-48 ${cell}`}>
          {root.revision.startsWith('sha256:') ? (
            <Digest value={root.revision} />
          ) : (
            <Wrap>{root.revision}</Wrap>
          )}
        </Td>
        <Td numeric label="Expires" className={cell}>
          {root.expiresAt === null ? (
            <span className="text-ink-3">not told</span>
          ) : (
            <RelativeTime at={root.expiresAt} form="until" />
          )}
        </Td>
        <Td numeric label="As of" className={cell}>
          <RelativeTime at={root.asOf} form="age" />
        </Td>
      </Tr>
      {findings.length > 0 && (
        <Tr>
          <Td colSpan={5} card="lead" className="pb-3">
            <AuthorityFindings name={root.name} findings={findings} />
          </Td>
        </Tr>
      )}
    </Tbody>
  );
}
