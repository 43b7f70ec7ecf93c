import { Dialog } from '#components/ui/dialog.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { pages } from './pages.ts';

const groups: readonly {
  readonly title: string;
  readonly keys: readonly (readonly [readonly string[], string])[];
}[] = [
  {
    title: 'Anywhere',
    keys: [
      [['/'], 'Search workloads, images, registries, clusters'],
      [['Ctrl K'], 'Open the palette'],
      [['['], 'Fold the navigation'],
      [['?'], 'Show these keys'],
      [['Esc'], 'Close what is open'],
    ],
  },
  {
    title: 'Go to',
    keys: pages.map(({ key, name }) => [['g', key], name] as const),
  },
  {
    title: 'In a list',
    keys: [
      [['j', '↓'], 'Next row'],
      [['k', '↑'], 'Previous row'],
      [['Enter'], 'Open the row beside the list'],
      [['Shift Enter'], 'Open its page'],
    ],
  },
];

interface KeysDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function KeysDialog({ open, onOpenChange }: KeysDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys">
      <div className="grid gap-6 overflow-y-auto p-4 sm:grid-cols-2">
        {groups.map(({ title, keys }) => (
          <section key={title} aria-label={title}>
            <h3 className="mb-1 text-label text-ink-2">{title}</h3>
            <dl>
              {keys.map(([caps, what]) => (
                <div key={what} className="flex min-h-8 items-center justify-between gap-3">
                  <dt className="text-ink">{what}</dt>
                  <dd className="flex gap-1">
                    {caps.map((cap) => (
                      <Kbd key={cap}>{cap}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
