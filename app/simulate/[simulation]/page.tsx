import { dehydrate, HydrationBoundary } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { SimulationPage } from '#components/simulate/simulation-page.tsx';
import { notFoundOr } from '#lib/api/not-found-or.ts';
import { readSimulation } from '#lib/api/simulations.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { simulationQuery } from '#lib/query/simulations.ts';

export const metadata: Metadata = { title: 'Simulation' };

export default async function Page({ params }: PageProps<'/simulate/[simulation]'>) {
  const id = decodeURIComponent((await params).simulation);
  const client = getQueryClient();

  await notFoundOr(client.query({ ...simulationQuery(id), queryFn: () => readSimulation(id) }));

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <SimulationPage id={id} />
    </HydrationBoundary>
  );
}
