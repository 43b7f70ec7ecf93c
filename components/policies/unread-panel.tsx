import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Panel } from '#components/ui/panel.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { UnreadObject } from '#lib/contract/policies.ts';

/** Objects drawn at first; the rest follow on request, so that none is out of reach. */
const atFirst = 20;

/** Objects of engines that could not be read, each with the field and what is wrong with it. */
export function UnreadPanel({ unread }: { readonly unread: readonly UnreadObject[] }) {
  const [all, setAll] = useState(false);
  if (unread.length === 0) return null;
  const shown = all ? unread : unread.slice(0, atFirst);
  return (
    <Panel
      id="unread"
      title="Not read"
      hint={`${formatNoun(unread.length, 'object')} of engines: what they say is in no figure of this page`}
    >
      <ul>
        {shown.map((object) => (
          <li
            key={`${object.cluster} ${object.group} ${object.kind} ${object.namespace} ${object.name}`}
            className="border-line border-t px-4 py-2.5"
          >
            <p>
              <Wrap className="font-medium">
                {[object.namespace, object.name].filter(Boolean).join(' / ')}
              </Wrap>{' '}
              <Wrap className="text-ink-2">{`${object.kind}.${object.group} in ${object.cluster}`}</Wrap>
            </p>
            <ProblemList problems={object.problems} />
          </li>
        ))}
      </ul>
      {shown.length < unread.length && (
        <div className="border-line border-t px-4 py-2">
          <Button variant="quiet" onClick={() => setAll(true)}>
            Show all {formatCount(unread.length)}
          </Button>
        </div>
      )}
    </Panel>
  );
}

interface ProblemListProps {
  readonly problems: UnreadObject['problems'];
}

/** What is wrong in a document: the field, then the message. */
export function ProblemList({ problems }: ProblemListProps) {
  if (problems.length === 0)
    return <p className="text-ink-2">Nothing here knows how to read such an object.</p>;
  return (
    <ul className="text-ink-2">
      {problems.map(({ path, message }) => (
        <li key={`${path} ${message}`}>
          {path !== '' && (
            <>
              <Wrap className="font-mono text-code text-ink">{path}</Wrap>
              {': '}
            </>
          )}
          <Wrap>{message}</Wrap>
        </li>
      ))}
    </ul>
  );
}
