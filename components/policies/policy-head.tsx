import clsx from 'clsx';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { modeWords } from '#components/status/admission-words.ts';
import { Wrap } from '#components/ui/text.tsx';
import type { PolicyDetail } from '#lib/contract/policies.ts';
import { ProblemList } from './unread-panel.tsx';

/** `Enforce or None in some namespaces.`; empty where one mode holds everywhere. */
export function otherModesText({ otherModes }: Pick<PolicyDetail, 'otherModes'>): string {
  const others = otherModes.map((other) => modeWords[other].word).join(' or ');
  return others === '' ? '' : `${others} in some namespaces.`;
}

interface CaveatsProps {
  readonly policy: PolicyDetail;
  readonly className?: string;
}

/** What keeps a policy from meaning what its mode says. */
export function Caveats({ policy, className }: CaveatsProps) {
  const { problems, verifies, unevaluated, notes } = policy;
  if (problems.length === 0 && verifies && unevaluated.length === 0 && notes.length === 0)
    return null;
  return (
    <ul className={clsx('grid gap-2', className)}>
      {problems.length > 0 && (
        <Caveat title="The document cannot be read, so nothing of it is in any figure.">
          <ProblemList problems={problems} />
        </Caveat>
      )}
      {problems.length === 0 && !verifies && (
        <Caveat title="It verifies nothing: it asks for no signature and no attestation. It is not counted as control." />
      )}
      {unevaluated.length > 0 && (
        <Caveat title="Parts that are read and not evaluated here; what they decide is not known.">
          <Lines lines={unevaluated} />
        </Caveat>
      )}
      {notes.length > 0 && (
        <Caveat title="To know">
          <Lines lines={notes} />
        </Caveat>
      )}
    </ul>
  );
}

interface CaveatProps {
  readonly title: string;
  readonly children?: ReactNode;
}

function Caveat({ title, children }: CaveatProps) {
  return (
    <li className="flex gap-2">
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 text-ink-2" />
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        {children}
      </div>
    </li>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul className="text-ink-2">
      {lines.map((line) => (
        <li key={line}>
          <Wrap>{line}</Wrap>
        </li>
      ))}
    </ul>
  );
}
