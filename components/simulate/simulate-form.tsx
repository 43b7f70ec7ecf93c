import { Play } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Wrap } from '#components/ui/text.tsx';
import { ProblemError } from '#lib/query/fetch-json.ts';
import { KindChoice, Reach, Subject } from './form-fields.tsx';
import { useSupposition } from './use-supposition.ts';

/** What to suppose, and the button that starts it. */
export function SimulateForm() {
  const form = useSupposition();
  return (
    <Panel title="Suppose that" hint="nothing is applied to any cluster">
      <form
        aria-label="What to suppose"
        className="grid gap-4 px-4 pb-4"
        onSubmit={(event) => {
          event.preventDefault();
          form.submit();
        }}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          form.submit();
        }}
      >
        <KindChoice value={form.kind} onChange={(kind) => form.put({ kind })} />
        <Subject form={form} />
        <Reach form={form} />
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" variant="main" disabled={form.asking}>
            <Play aria-hidden="true" className="text-inverse!" />
            {form.asking ? 'Asking' : 'Simulate'}
          </Button>
          <span className="text-ink-3 max-md:hidden">
            <Kbd>Ctrl Enter</Kbd>
          </span>
          {form.error !== null && <Refused error={form.error} />}
        </div>
      </form>
    </Panel>
  );
}

/** Why the server does not take the supposition, and what would make it. */
function Refused({ error }: { readonly error: Error }) {
  const remedy = error instanceof ProblemError ? error.remedy : undefined;
  return (
    <div role="alert" className="min-w-0 flex-1 basis-80 text-notice-text">
      <Wrap>{error.message}</Wrap>
      {remedy !== undefined && <p>{remedy}</p>}
    </div>
  );
}
