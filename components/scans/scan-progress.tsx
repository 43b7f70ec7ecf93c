import { Square } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { formatCount, formatNoun, formatSpan } from '#components/ui/format.ts';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { ScanRow } from '#lib/contract/sources.ts';
import { reasons } from '#lib/model/reasons.ts';
import { useScanControl } from '#lib/query/scans.ts';
import { isActive, stageWords, stateWords, triggerWords } from './scan-words.ts';

/** How far a scan is: stages with counts, rate, remaining time, requests, and how to stop it. */
export function ScanProgress({ scan }: { readonly scan: ScanRow }) {
  return (
    <div className="grid gap-3 border-line border-t px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="text-ink-2 tabular-nums">
          <span className="font-medium text-ink">{stateWords[scan.state]}</span>{' '}
          {triggerWords[scan.trigger]}, started <RelativeTime at={scan.startedAt} />
        </p>
        <Pace scan={scan} />
        {isActive(scan) && <StopButton scan={scan} />}
      </div>
      <ol className="grid gap-x-4 gap-y-3 md:grid-cols-4">
        {scan.stages.map((stage) => (
          <Stage key={stage.name} stage={stage} />
        ))}
      </ol>
      {scan.failures.length > 0 && <Failures failures={scan.failures} />}
    </div>
  );
}

function Pace({ scan }: { readonly scan: ScanRow }) {
  const facts = [
    scan.rate !== null && isActive(scan) && `${formatCount(Math.round(scan.rate))} digests/s`,
    scan.remainingSeconds !== null &&
      isActive(scan) &&
      `about ${formatSpan(scan.remainingSeconds * 1000)} left`,
    formatNoun(scan.requests, 'request'),
    formatNoun(scan.signatureChecks, 'signature check'),
  ].filter((fact) => fact !== false);
  return (
    <ul className="flex flex-wrap gap-x-4 text-ink-2 tabular-nums">
      {facts.map((fact) => (
        <li key={fact}>{fact}</li>
      ))}
    </ul>
  );
}

function StopButton({ scan }: { readonly scan: ScanRow }) {
  const { stop } = useScanControl();
  return (
    <span className="ml-auto inline-flex items-center gap-3">
      {stop.error !== null && <span role="alert">{stop.error.message}</span>}
      <Button
        disabled={scan.state === 'stopping' || stop.isPending}
        onClick={() => stop.mutate(scan.id)}
      >
        <Square aria-hidden="true" />
        {scan.state === 'stopping' ? 'Stopping' : 'Stop'}
      </Button>
    </span>
  );
}

function Stage({ stage: { name, done, total } }: { readonly stage: ScanRow['stages'][number] }) {
  const words = stageWords[name];
  const of = total === null ? '' : ` of ${formatCount(total)}`;
  const share = total === null || total === 0 ? 0 : Math.min(1, done / total);
  return (
    <li className="grid gap-1.5">
      <span className="font-medium">{words.name}</span>
      <span
        role="progressbar"
        aria-label={words.name}
        aria-valuemin={0}
        aria-valuenow={done}
        {...(total !== null && { 'aria-valuemax': total })}
        className="block h-1 overflow-hidden rounded-[2px] bg-line"
      >
        <span
          className="block h-full origin-left bg-fill-neutral transition-transform"
          style={{ transform: `scaleX(${share})` }}
        />
      </span>
      <span className="text-ink-2 text-label tabular-nums">
        {formatCount(done)}
        {of} {words.counts}
      </span>
    </li>
  );
}

function Failures({ failures }: { readonly failures: ScanRow['failures'] }) {
  return (
    <details className="text-ink-2">
      <summary className="w-fit hover:text-ink">
        {formatNoun(failures.length, 'source')} failed, the others went on
      </summary>
      <ul className="mt-2 grid gap-1.5">
        {failures.map(({ source, reason, detail }) => (
          <li key={`${source} ${reason} ${detail}`}>
            <Wrap className="font-medium text-ink">{source}</Wrap>: {reasons[reason].title}.{' '}
            {reasons[reason].remedy}
            <Wrap className="block text-ink-3 text-label">{detail}</Wrap>
          </li>
        ))}
      </ul>
    </details>
  );
}
