import { SourceLines } from '#components/status/source-lines.tsx';
import { isBehind } from '#components/status/source-state.ts';
import { formatCount } from '#components/ui/format.ts';
import { Panel } from '#components/ui/panel.tsx';
import type { SourceRow } from '#lib/contract/sources.ts';

/** Late sources first: at most as many as stand beside the needs, the others behind a scroll. */
export function SourcesPanel({ sources }: { readonly sources: readonly SourceRow[] }) {
  const behind = sources.filter(isBehind);
  const ordered = [...behind, ...sources.filter((source) => !isBehind(source))];
  return (
    <Panel
      id="sources"
      title="Sources"
      action={
        <span className="text-ink-2">
          {behind.length === 0
            ? `${formatCount(sources.length)} current`
            : `${formatCount(behind.length)} of ${formatCount(sources.length)} behind`}
        </span>
      }
    >
      <div className="min-h-0 flex-[1_1_320px] overflow-y-auto border-line border-t max-xl:max-h-[420px] print:max-h-none">
        <SourceLines sources={ordered} />
      </div>
    </Panel>
  );
}
