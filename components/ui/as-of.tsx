import { RelativeTime } from './relative-time.tsx';

interface AsOfProps {
  /** ISO 8601; null when it was never reported. */
  readonly at: string | null;
  readonly stale: boolean;
}

/** How old something is that a source told us, marked when the source is behind. */
export function AsOf({ at, stale }: AsOfProps) {
  if (at === null) return 'never reported';
  return (
    <span className={stale ? 'text-notice-text' : ''}>
      <RelativeTime at={at} />
      {stale && ', stale'}
    </span>
  );
}
