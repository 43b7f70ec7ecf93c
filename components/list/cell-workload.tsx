import { Link } from '#components/ui/link.tsx';

interface CellWorkloadProps {
  /** Undefined for one that is no more and has no page. */
  readonly id: string | undefined;
  readonly namespace: string;
  readonly name: string;
}

/** Rows hold the tab stop, so the link is for the pointer; the keyboard has Enter and Shift+Enter. */
export function CellWorkload({ id, namespace, name }: CellWorkloadProps) {
  const title = `${namespace} / ${name}`;
  const className = 'flex min-w-0 max-md:flex-wrap max-md:text-body';
  const content = (
    <>
      <bdi className="max-w-[45%] flex-none truncate text-ink-2 max-md:max-w-full">{namespace}</bdi>
      <span className="flex-none px-1 text-ink-3">/</span>
      <bdi className="min-w-0 truncate font-medium max-md:whitespace-normal max-md:[overflow-wrap:anywhere]">
        {name}
      </bdi>
    </>
  );
  return id === undefined ? (
    <span title={title} className={className}>
      {content}
    </span>
  ) : (
    <Link
      href={`/workloads/${encodeURIComponent(id)}`}
      tabIndex={-1}
      title={title}
      className={className}
    >
      {content}
    </Link>
  );
}
