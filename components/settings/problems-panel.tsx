import { TriangleAlert } from 'lucide-react';
import { Panel } from '#components/ui/panel.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { Settings } from '#lib/contract/overview.ts';

interface ProblemsPanelProps {
  readonly problems: Settings['problems'];
}

/** What of the configuration does not hold; it comes before everything else. */
export function ProblemsPanel({ problems }: ProblemsPanelProps) {
  return (
    <Panel title="Problems">
      <ul className="border-line border-t">
        {problems.map(({ where, message }) => (
          <li
            key={`${where} ${message}`}
            className="flex gap-2 border-line border-b px-4 py-2.5 last:border-b-0"
          >
            <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 text-notice-text" />
            <div className="min-w-0">
              <Wrap className="font-[550]">{where}</Wrap>
              <p className="max-w-[110ch]">
                <Wrap>{message}</Wrap>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
