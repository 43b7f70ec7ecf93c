import { Skeleton } from '#components/ui/skeleton.tsx';

/** The detail of a row that is on its way. */
export function PanelSkeleton({ label }: { readonly label: string }) {
  return (
    <div role="status" aria-label={label} className="grid min-h-96 content-start gap-3 p-4">
      <Skeleton className="h-3 w-2/5" />
      <Skeleton className="h-5 w-3/5" />
      <Skeleton className="mt-4 h-4 w-2/5" />
      <Skeleton className="h-3 w-4/5" />
      <Skeleton className="mt-4 h-20 w-full" />
      <Skeleton className="h-3 w-3/5" />
      <Skeleton className="h-3 w-4/5" />
    </div>
  );
}
