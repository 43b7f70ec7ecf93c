import { Clock3 } from 'lucide-react';
import { Digest } from '#components/ui/digest.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { Settings } from '#lib/contract/overview.ts';

type Root = Settings['trustRoots'][number];

/** The keys and certificate authorities underneath, each a domain of its own. */
export function TrustRootsPanel({ roots }: { readonly roots: readonly Root[] }) {
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
          <Tbody>
            {roots.map((root) => (
              <RootLine key={root.name} root={root} />
            ))}
          </Tbody>
        </Table>
      )}
    </Panel>
  );
}

function RootLine({ root }: { readonly root: Root }) {
  return (
    <Tr>
      <Td card="lead" className="py-2">
        <Wrap className="font-[550]">{root.name}</Wrap>
        {root.stale !== null && (
          <span className="flex gap-1.5 text-label text-notice-text">
            <Clock3 aria-hidden="true" className="size-3.5" />
            <Wrap>{root.stale}</Wrap>
          </span>
        )}
      </Td>
      <Td card="lead" className="max-w-96 text-ink-2">
        <Wrap>{root.origin}</Wrap>
      </Td>
      <Td label="Revision" className="max-w-48">
        {root.revision.startsWith('sha256:') ? (
          <Digest value={root.revision} />
        ) : (
          <Wrap>{root.revision}</Wrap>
        )}
      </Td>
      <Td numeric label="Expires">
        {root.expiresAt === null ? (
          <span className="text-ink-3">not told</span>
        ) : (
          <RelativeTime at={root.expiresAt} form="until" />
        )}
      </Td>
      <Td numeric label="As of">
        <RelativeTime at={root.asOf} form="age" />
      </Td>
    </Tr>
  );
}
