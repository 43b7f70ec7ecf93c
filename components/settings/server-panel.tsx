import { Panel } from '#components/ui/panel.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { Settings } from '#lib/contract/overview.ts';

/** What runs, from which file, on which database. */
export function ServerPanel({ settings }: { readonly settings: Settings }) {
  const { kind, location } = settings.database;
  return (
    <Panel title="Server">
      <dl className="grid grid-cols-[160px_minmax(0,1fr)] gap-x-3 gap-y-1.5 border-line border-t px-4 py-3 max-md:grid-cols-[112px_minmax(0,1fr)] [&_dt]:text-ink-2">
        <dt>Version</dt>
        <dd>
          {settings.version}, verifier {settings.verifierVersion}
        </dd>
        <dt>Configuration</dt>
        <dd>
          {settings.configPath === null ? (
            'No file: what was found by itself is used'
          ) : (
            <Wrap className="font-mono text-code">{settings.configPath}</Wrap>
          )}
        </dd>
        <dt>Database</dt>
        <dd>
          {kind === 'embedded' ? 'Embedded, in ' : 'PostgreSQL at '}
          <Wrap className="font-mono text-code">{location}</Wrap>
        </dd>
      </dl>
    </Panel>
  );
}
