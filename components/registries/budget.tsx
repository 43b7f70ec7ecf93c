import { formatCount } from '#components/ui/format.ts';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import type { RegistryRow } from '#lib/contract/sources.ts';

/** Requests that the registry still grants, and when it grants more. */
export function Budget({ budget }: { readonly budget: RegistryRow['budget'] }) {
  if (budget === null) return <span className="text-ink-3">none told</span>;
  return (
    <span
      className={budget.remaining === 0 ? 'font-medium text-notice-text' : ''}
      title="Requests left of those that the registry grants"
    >
      {formatCount(budget.remaining)} of {formatCount(budget.limit)}
      {budget.resetAt !== null && (
        <span className="block font-normal text-ink-3 text-label">
          resets <RelativeTime at={budget.resetAt} form="until" />
        </span>
      )}
    </span>
  );
}
