import { type ReactNode, useState } from 'react';
import { Effect, Severity } from '#components/exceptions/bypass-columns.tsx';
import { exceptionKindWords, faultWords } from '#components/exceptions/exception-words.ts';
import { Expiry } from '#components/exceptions/expiry.tsx';
import { Facts } from '#components/list/facts.tsx';
import { decisionsHref } from '#components/status/hrefs.ts';
import { Button } from '#components/ui/button.tsx';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { BypassRow, ExceptionRow } from '#lib/contract/exceptions.ts';

/** The ways past the engine of a policy, which hold for the policy too. */
export function WaysPast({ bypasses }: { readonly bypasses: readonly BypassRow[] }) {
  return (
    <Panel title="Ways past it" hint={formatNoun(bypasses.length, 'way')}>
      {bypasses.length === 0 ? (
        <p className="px-4 pb-3 text-ink-2">None that its objects show.</p>
      ) : (
        <Items items={bypasses}>{(row) => <WayPast key={row.id} row={row} />}</Items>
      )}
    </Panel>
  );
}

function WayPast({ row }: { readonly row: BypassRow }) {
  const { id, title, why, remedy, effect, severity, object, workloads } = row;
  return (
    <li className="grid gap-1 border-line border-t px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3">
        <Effect effect={effect} />
        <Severity severity={severity} />
        <span className="ml-auto">
          <Rows count={workloads} href={decisionsHref({ bypass: id })} />
        </span>
      </div>
      <p className="font-medium">
        <Wrap>{title}</Wrap>
      </p>
      <p className="text-ink-2">
        <Wrap>{why}</Wrap>
      </p>
      <p>
        <Wrap>{remedy}</Wrap>
      </p>
      {object !== null && <Wrap className="font-mono text-code text-ink-3">{object}</Wrap>}
    </li>
  );
}

/** The ways in which rules of a policy are set aside. */
export function PolicyExceptions({ exceptions }: { readonly exceptions: readonly ExceptionRow[] }) {
  return (
    <Panel title="Exceptions" hint={formatNoun(exceptions.length, 'exception')}>
      {exceptions.length === 0 ? (
        <p className="px-4 pb-3 text-ink-2">Nothing that we can read sets it aside.</p>
      ) : (
        <Items items={exceptions}>{(row) => <Exception key={row.id} row={row} />}</Items>
      )}
    </Panel>
  );
}

function Exception({ row }: { readonly row: ExceptionRow }) {
  const { id, kind, object, scope, owner, expiresAt, faults, workloads, why } = row;
  return (
    <li className="grid gap-1 border-line border-t px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3">
        <span className="font-medium">{exceptionKindWords[kind]}</span>
        <span className="text-ink-2">
          {faults.map((fault) => faultWords[fault].word).join(', ')}
        </span>
        <span className="ml-auto">
          <Rows count={workloads} href={decisionsHref({ exception: id })} />
        </span>
      </div>
      <Wrap className="font-mono text-code">{object}</Wrap>
      <p className="text-ink-2">
        <Wrap>{why}</Wrap>
      </p>
      <Facts
        entries={[
          { name: 'Sets free', value: <Wrap>{scope}</Wrap> },
          { name: 'Owner', value: owner === null ? 'none is named' : <Wrap>{owner}</Wrap> },
          { name: 'Expires', value: <Expiry at={expiresAt} /> },
        ]}
      />
    </li>
  );
}

function Rows({ count, href }: { readonly count: number; readonly href: string }) {
  const text = formatNoun(count, 'workload');
  if (count === 0) return <span className="text-ink-3">{text}</span>;
  return (
    <Link href={href} className="text-accent hover:underline hover:underline-offset-3">
      {text}
    </Link>
  );
}

/** Items drawn at first; the rest follow on request, so that none is out of reach. */
const atFirst = 4;

interface ItemsProps<T> {
  readonly items: readonly T[];
  readonly children: (item: T) => ReactNode;
}

function Items<T>({ items, children }: ItemsProps<T>) {
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, atFirst);
  return (
    <>
      <ul>{shown.map(children)}</ul>
      {shown.length < items.length && (
        <div className="border-line border-t px-4 py-2">
          <Button variant="quiet" onClick={() => setAll(true)}>
            Show all {formatCount(items.length)}
          </Button>
        </div>
      )}
    </>
  );
}
