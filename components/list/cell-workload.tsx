import { Link } from '#components/ui/link.tsx';

interface CellWorkloadProps {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
}

/** Rows hold the tab stop, so the link is for the pointer; the keyboard has Enter and Shift+Enter. */
export function CellWorkload({ id, namespace, name }: CellWorkloadProps) {
  return (
    <Link
      href={`/workloads/${encodeURIComponent(id)}`}
      tabIndex={-1}
      title={`${namespace} / ${name}`}
      className="flex min-w-0 max-md:flex-wrap max-md:text-body"
    >
      <bdi className="max-w-[45%] flex-none truncate text-ink-2 max-md:max-w-full">{namespace}</bdi>
      <span className="flex-none px-1 text-ink-3">/</span>
      <bdi className="min-w-0 truncate font-medium max-md:whitespace-normal max-md:[overflow-wrap:anywhere]">
        {name}
      </bdi>
    </Link>
  );
}
