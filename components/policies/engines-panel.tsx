import { engineNames } from '#components/status/admission-words.ts';
import { formatNoun } from '#components/ui/format.ts';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { PolicyPage } from '#lib/contract/policies.ts';

type Installed = PolicyPage['engines'][number];

/** Which engines run where, in which version; as high before it is read as after. */
export function EnginesPanel({ engines }: { readonly engines: readonly Installed[] | undefined }) {
  // An engine of several workloads is one engine.
  const installed = new Set(engines?.map(({ cluster, engine }) => `${cluster} ${engine}`)).size;
  const clusters = new Set(engines?.map(({ cluster }) => cluster)).size;
  return (
    <Panel
      title="Engines"
      hint={engines && `${formatNoun(installed, 'engine')} in ${formatNoun(clusters, 'cluster')}`}
      className="h-68"
    >
      {engines === undefined && (
        <SkeletonRows rows={3} widths={[8, 6, 10]} label="Reading the engines" />
      )}
      {engines?.length === 0 && (
        <p className="max-w-[60ch] px-4 pb-4 text-body text-ink-2">
          No engine that we know runs in the clusters that could be read: admission looks at no
          signature there.
        </p>
      )}
      {engines !== undefined && engines.length > 0 && <EngineTable engines={engines} />}
    </Panel>
  );
}

function EngineTable({ engines }: { readonly engines: readonly Installed[] }) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list scrolls, by the keyboard too
      tabIndex={0}
      aria-label="Engines by cluster"
      className="min-h-0 flex-1 overflow-auto focus-visible:shadow-[inset_0_0_0_2px_var(--accent)]"
    >
      <Table caption="Engines by cluster with their versions">
        <thead>
          <tr>
            <Th>Cluster</Th>
            <Th>Engine</Th>
            <Th>Version</Th>
            <Th>Runs as</Th>
          </tr>
        </thead>
        <Tbody>
          {engines.map(({ cluster, engine, version, namespace, workload }) => (
            <Tr key={`${cluster} ${engine} ${namespace} ${workload}`}>
              <Td label="Cluster" card="full">
                <Wrap>{cluster}</Wrap>
              </Td>
              <Td label="Engine" card="full" className="font-medium">
                {engineNames[engine]}
              </Td>
              <Td label="Version" card="full" className="tabular-nums">
                {version === null ? (
                  <span title="Its image is named by digest only" className="text-ink-3">
                    not known
                  </span>
                ) : (
                  <Wrap>{version}</Wrap>
                )}
              </Td>
              <Td label="Runs as" card="full" className="text-ink-2">
                <Wrap>{`${namespace} / ${workload}`}</Wrap>
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </section>
  );
}
