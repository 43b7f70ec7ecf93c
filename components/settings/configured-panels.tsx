import { registryHref } from '#components/status/hrefs.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Clip, Wrap } from '#components/ui/text.tsx';
import type { Settings } from '#lib/contract/overview.ts';

const row =
  'grid gap-x-3 border-line border-t px-4 py-2 md:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]';

/** Clusters as configured; how they stand is on their own page. */
export function ClustersPanel({ clusters }: { readonly clusters: Settings['clusters'] }) {
  return (
    <Panel title="Clusters" action={<More href="/clusters">State of clusters</More>}>
      {clusters.length === 0 && <None>No cluster is configured.</None>}
      <ul>
        {clusters.map(({ name, kind, detail }) => (
          <li key={name} className={row}>
            <Clip className="font-[550]">{name}</Clip>
            <span className="text-ink-2">
              {kind}
              {detail !== '' && (
                <>
                  , <Wrap>{detail}</Wrap>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Registries as configured: where credentials come from, never what they are. */
export function RegistriesPanel({ registries }: { readonly registries: Settings['registries'] }) {
  return (
    <Panel title="Registries" action={<More href="/registries">State of registries</More>}>
      {registries.length === 0 && (
        <None>
          None is configured: those that running images name are read without credentials.
        </None>
      )}
      <ul>
        {registries.map(({ host, credentials, detail }) => (
          <li key={host} className={row}>
            <Link href={registryHref(host)} className="min-w-0 font-[550]">
              <Clip>{host}</Clip>
            </Link>
            <span className="text-ink-2">
              {credentials === null ? (
                'anonymous'
              ) : (
                <Wrap>{`credentials from ${credentials}`}</Wrap>
              )}
              {detail !== '' && (
                <>
                  , <Wrap>{detail}</Wrap>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Every cap: a hit is shown as "more or larger than we read", never cut off silently. */
export function LimitsPanel({ limits }: { readonly limits: Settings['limits'] }) {
  return (
    <Panel title="Limits" hint="a hit becomes could not check, and says so">
      <dl className="grid gap-x-6 border-line border-t px-4 py-2 sm:grid-cols-2 xl:grid-cols-4">
        {limits.map(({ name, value }) => (
          <div key={name} className="flex min-h-8 items-center justify-between gap-3">
            <dt className="truncate font-mono text-code text-ink-2">{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function More({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <Link href={href} className="text-accent hover:underline">
      {children}
    </Link>
  );
}

function None({ children }: { readonly children: string }) {
  return <p className="border-line border-t px-4 py-3 text-ink-2">{children}</p>;
}
