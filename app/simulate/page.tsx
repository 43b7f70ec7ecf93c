import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { SimulateView } from '#components/simulate/simulate-view.tsx';
import { listSimulations } from '#lib/api/simulations.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { simulationsQuery } from '#lib/query/simulations.ts';

export const metadata: Metadata = { title: 'Simulate' };

export default function SimulatePage() {
  const client = getQueryClient();
  void client.query({ ...simulationsQuery(), queryFn: listSimulations }).catch(noop);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <SimulateView />
    </HydrationBoundary>
  );
}
