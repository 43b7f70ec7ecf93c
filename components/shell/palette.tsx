import { Autocomplete } from '@base-ui/react/autocomplete';
import {
  Boxes,
  Database,
  type LucideIcon,
  Package,
  ScrollText,
  Search,
  Server,
} from 'lucide-react';
import type { Route } from 'next';
import { useRouter } from 'next/navigation';
import { useDeferredValue, useState } from 'react';
import { Dialog } from '#components/ui/dialog.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { useSearch } from '#lib/query/search.ts';

/** One thing that the palette can do. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly subtitle?: string;
  readonly keys?: string;
  readonly Icon: LucideIcon;
  readonly run: () => void;
}

interface PaletteProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly commands: readonly Command[];
}

const hitIcons = {
  workload: Boxes,
  image: Package,
  policy: ScrollText,
  registry: Database,
  cluster: Server,
} as const;

/** Finds what the fleet holds and what the pages can do, by typing. */
export function Palette({ open, onOpenChange, commands }: PaletteProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Search and commands" titleHidden>
      <PaletteBody commands={commands} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

interface PaletteBodyProps {
  readonly commands: readonly Command[];
  readonly onDone: () => void;
}

function PaletteBody({ commands, onDone }: PaletteBodyProps) {
  const [text, setText] = useState('');
  const { groups, status } = useFound(text, commands);
  return (
    <Autocomplete.Root
      inline
      open
      mode="none"
      autoHighlight="always"
      keepHighlight
      items={groups}
      value={text}
      onValueChange={(next) => setText(next)}
      itemToStringValue={(command: Command) => command.title}
    >
      <div className="flex items-center gap-2.5 border-line border-b px-4">
        <Search aria-hidden="true" className="size-4 text-ink-3" />
        <Autocomplete.Input
          aria-label="Search"
          placeholder="Workload, image, digest, registry, cluster or command"
          className="h-12 min-w-0 flex-1 bg-transparent text-body outline-none placeholder:text-ink-3 focus-visible:shadow-none"
        />
        <Kbd>Esc</Kbd>
      </div>
      <Autocomplete.Status className="sr-only">{status}</Autocomplete.Status>
      <Autocomplete.Empty className="px-4 py-6 text-ink-2 empty:hidden">
        {status}
      </Autocomplete.Empty>
      <Autocomplete.List className="min-h-0 overflow-y-auto py-1 empty:py-0">
        {(group: (typeof groups)[number]) => (
          <Autocomplete.Group key={group.value} items={group.items} className="pb-1">
            <Autocomplete.GroupLabel className="px-4 pt-2 pb-1 text-ink-3 text-label">
              {group.value}
            </Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(command: Command) => <Line key={command.id} command={command} onDone={onDone} />}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

interface LineProps {
  readonly command: Command;
  readonly onDone: () => void;
}

function Line({ command, onDone }: LineProps) {
  const { Icon, title, subtitle, keys, run } = command;
  return (
    <Autocomplete.Item
      value={command}
      onClick={() => {
        onDone();
        run();
      }}
      className="flex min-h-9 cursor-default items-center gap-2.5 px-4 outline-none select-none data-highlighted:bg-hover"
    >
      <Icon aria-hidden="true" className="size-4 text-ink-3" />
      <bdi className="min-w-0 truncate">{title}</bdi>
      {subtitle !== undefined && (
        <bdi className="min-w-0 flex-1 truncate text-ink-3 text-label">{subtitle}</bdi>
      )}
      {keys !== undefined && (
        <span className="ml-auto">
          <Kbd>{keys}</Kbd>
        </span>
      )}
    </Autocomplete.Item>
  );
}

function useFound(text: string, commands: readonly Command[]) {
  const router = useRouter();
  const asked = useDeferredValue(text.trim());
  const { data, error, isFetching } = useSearch(asked);
  const hits = (data?.items ?? []).map(
    ({ kind, title, subtitle, href }): Command => ({
      id: `${kind} ${href}`,
      title,
      subtitle,
      Icon: hitIcons[kind],
      run: () => router.push(href as Route),
    }),
  );
  const word = text.trim().toLowerCase();
  const fitting = commands.filter(({ title }) => title.toLowerCase().includes(word));
  const groups = [
    { value: 'Found', items: hits },
    { value: 'Commands', items: fitting },
  ].filter(({ items }) => items.length > 0);
  return { groups, status: statusOf(error, isFetching, hits.length, asked) };
}

function statusOf(error: Error | null, busy: boolean, hits: number, asked: string): string {
  if (error !== null) return `The search failed: ${error.message}`;
  if (busy) return 'Searching…';
  if (asked.length < 2) return 'Type two characters or more to search.';
  return hits === 0 ? 'Nothing matches.' : `${hits} found.`;
}
