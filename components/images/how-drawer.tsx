import type { ReactNode } from 'react';
import { CodeBlock } from '#components/list/code-block.tsx';
import { Facts } from '#components/list/facts.tsx';
import { Sheet } from '#components/ui/dialog.tsx';
import { formatInstant, formatNoun } from '#components/ui/format.ts';
import { Wrap } from '#components/ui/text.tsx';
import type { ImageLocation } from '#lib/contract/images.ts';
import { repositoryOf, verdictSentence } from './image-words.ts';
import { PlaceList } from './place-list.tsx';

/** One word for a shell, whatever a registry calls its repositories: this is made to be pasted. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

interface HowDrawerProps {
  /** Undefined when it is closed. */
  readonly location: ImageLocation | undefined;
  readonly onClose: () => void;
}

/** How we know: where we looked, what was checked, and the verdict as it was written down. */
export function HowDrawer({ location, onClose }: HowDrawerProps) {
  return (
    <Sheet
      open={location !== undefined}
      onOpenChange={(open) => !open && onClose()}
      title="How do we know?"
      side="right"
    >
      {location && <Content location={location} />}
    </Sheet>
  );
}

function Content({ location }: { readonly location: ImageLocation }) {
  const checks = location.evidence.flatMap((item) => item.checks);
  const notRun = checks.filter(({ outcome }) => outcome === 'not-run').length;
  const roots = new Set(
    location.evidence.flatMap(({ trustRoot }) =>
      trustRoot === null ? [] : [`${trustRoot.name}, revision ${trustRoot.revision}`],
    ),
  );
  const command = `sealwatch verify ${quoted(`${repositoryOf(location)}@${location.digest}`)}`;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 pb-6">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 px-4">
        <p>
          <Wrap>{verdictSentence(location)}</Wrap>
        </p>
        <Facts
          entries={[
            { name: 'Image', value: <Wrap>{repositoryOf(location)}</Wrap> },
            {
              name: 'Looked',
              value: location.checkedAt === null ? 'not yet' : formatInstant(location.checkedAt),
            },
            {
              name: 'Evidence',
              value: `${formatNoun(location.evidence.length, 'item')}, ${formatNoun(checks.length, 'check')}, ${notRun} not run`,
            },
            {
              name: 'Trust roots',
              value: roots.size > 0 ? <Wrap>{[...roots].join('; ')}</Wrap> : 'none was needed',
            },
            { name: 'Verifier', value: <Wrap>{location.verifierVersion}</Wrap> },
          ]}
        />
      </div>
      <Part title="Where we looked">
        <PlaceList places={location.places} />
      </Part>
      <Part title="Check it yourself">
        <div className="px-4">
          <CodeBlock what="the command" text={command} />
        </div>
      </Part>
      <Part title="The verdict, raw">
        <div className="px-4">
          <CodeBlock what="the verdict as JSON" text={JSON.stringify(location, null, 2)} />
        </div>
      </Part>
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3 className="px-4 pb-2 text-section">{title}</h3>
      {children}
    </section>
  );
}
