import { Info, OctagonAlert, TriangleAlert } from 'lucide-react';
import { Wrap } from '#components/ui/text.tsx';
import type { Settings } from '#lib/contract/overview.ts';

export type SettingsFinding = Settings['findings'][number];
type Severity = SettingsFinding['severity'];

const icons: Readonly<Record<Severity, { readonly Icon: typeof Info; readonly color: string }>> = {
  critical: { Icon: OctagonAlert, color: 'text-invalid' },
  high: { Icon: OctagonAlert, color: 'text-invalid' },
  medium: { Icon: TriangleAlert, color: 'text-notice-text' },
  low: { Icon: Info, color: 'text-ink-2' },
  info: { Icon: Info, color: 'text-ink-2' },
};

interface AuthorityFindingsProps {
  /** What the findings are about, for screen readers. */
  readonly name: string;
  readonly findings: readonly SettingsFinding[];
}

/** What is weak about one authority or trust root, and what to write instead. */
export function AuthorityFindings({ name, findings }: AuthorityFindingsProps) {
  return (
    <ul
      aria-label={`Weaknesses of ${name}`}
      className="grid gap-2.5 rounded-md bg-sunken px-3 py-2.5"
    >
      {findings.map((finding) => (
        <FindingLine key={`${finding.code} ${finding.where} ${finding.detail}`} {...finding} />
      ))}
    </ul>
  );
}

function FindingLine({ severity, title, where, detail, remedy }: SettingsFinding) {
  const { Icon, color } = icons[severity];
  return (
    <li className="flex gap-2">
      <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${color}`} />
      <div className="grid min-w-0 max-w-[110ch] gap-0.5">
        <p>
          <span className="font-medium">{title}</span>{' '}
          <span className="text-ink-3 text-label">{severity}</span>
        </p>
        <p className="text-ink-2">
          <Wrap className="font-mono text-code">{where}</Wrap>
          {': '}
          <Wrap>{detail}</Wrap>
        </p>
        <p>{remedy}</p>
      </div>
    </li>
  );
}
