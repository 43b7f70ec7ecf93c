import { Panel } from '#components/ui/panel.tsx';
import { Skeleton, SkeletonRows } from '#components/ui/skeleton.tsx';

/** The page in grey, section by section in the size that it will have. */
export function OverviewSkeleton() {
  return (
    <div className="grid gap-4">
      <Panel title="Coverage" titleHidden className="p-4">
        <div className="mb-4 flex h-10 items-center gap-5">
          <Skeleton className="h-8 w-32" />
          <Skeleton className="h-4 w-96 max-w-[50%]" />
        </div>
        <Skeleton className="h-7 w-full" />
        <div className="mt-3 h-[66px]" />
        <Skeleton className="mt-5 h-28 w-full" />
        <div className="h-11" />
      </Panel>
      <div className="grid gap-4 xl:grid-cols-[minmax(0,2.15fr)_minmax(0,1fr)]">
        <Panel title="What needs you">
          <SkeletonRows rows={7} widths={[8, 16, 3, 10]} label="Loading what needs you" />
        </Panel>
        <Panel title="Sources">
          <SkeletonRows rows={7} widths={[10, 3]} label="Loading the sources" />
        </Panel>
      </div>
    </div>
  );
}
