import { CodeBlock } from '#components/list/code-block.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { Panel } from '#components/ui/panel.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { Simulation } from '#lib/contract/simulations.ts';

/** What would make it so, to copy. */
export function Patches({ patches }: Pick<Simulation, 'patches'>) {
  if (patches.length === 0) return null;
  return (
    <Panel
      title="To make it so"
      hint={formatNoun(patches.length, 'policy', 'policies')}
      footer="Sealwatch applies nothing to any cluster: copy the command, or the change into your repository."
    >
      {patches.map(({ policy, command, diff }) => (
        <details key={policy} className="border-line border-t">
          <summary className="px-4 py-2.5 font-medium hover:bg-hover">
            <Wrap>{policy}</Wrap>
          </summary>
          <div className="grid gap-2 px-4 pb-4">
            <CodeBlock what={`the command for ${policy}`} text={command} />
            <CodeBlock what={`the change of ${policy}`} text={diff} diff />
          </div>
        </details>
      ))}
    </Panel>
  );
}
