import clsx from 'clsx';

interface TextProps {
  readonly children: string;
  readonly className?: string;
}

/**
 * Text that someone outside wrote, on one line, the whole in the tooltip. `bdi` keeps direction
 * marks inside, so that a name cannot reorder what stands around it.
 */
export function Clip({ children, className }: TextProps) {
  return (
    <bdi title={children} className={clsx('block min-w-0 truncate', className)}>
      {children}
    </bdi>
  );
}

/** The same where all of it should be read: breaks anywhere. */
export function Wrap({ children, className }: TextProps) {
  return <bdi className={clsx('[overflow-wrap:anywhere]', className)}>{children}</bdi>;
}
