import clsx from 'clsx';

interface ReferenceTextProps {
  /** An image reference as written: host, path, name, tag, digest. */
  readonly value: string;
  /** Breaks before the tag instead of shortening the host. */
  readonly wrap?: boolean;
  readonly className?: string;
}

/** Where the parts of a reference begin. It is never parsed for a decision here, only drawn. */
function partsOf(value: string) {
  const at = value.indexOf('@');
  const named = at < 0 ? value : value.slice(0, at);
  const digest = at < 0 ? '' : value.slice(at + 1);
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const nameEnd = colon < 0 ? named.length : colon;
  const short = digest.slice(digest.indexOf(':') + 1).slice(0, 12);
  return {
    path: named.slice(0, slash + 1),
    name: named.slice(slash + 1, nameEnd),
    tail: named.slice(nameEnd) + (digest === '' ? '' : `@${short}`),
  };
}

/** A reference that shortens its host and path, never its name or tag. */
export function ReferenceText({ value, wrap = false, className }: ReferenceTextProps) {
  const { path, name, tail } = partsOf(value);
  return (
    <bdi
      title={value}
      className={clsx(
        'max-w-full min-w-0 font-mono text-code [font-variant-ligatures:none]',
        wrap ? 'block [overflow-wrap:anywhere]' : 'inline-flex whitespace-nowrap align-middle',
        className,
      )}
    >
      <span className={clsx('text-ink-3', !wrap && path !== '' && 'min-w-[3ch] shrink truncate')}>
        {path}
      </span>
      <span className={wrap ? '' : 'flex-none'}>{name}</span>
      {wrap && <wbr />}
      <span className={clsx('text-ink-2', wrap ? 'inline-block max-w-full' : 'flex-none')}>
        {tail}
      </span>
    </bdi>
  );
}
