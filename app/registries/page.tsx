import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { Registries } from '#components/registries/registries.tsx';
import { readRegistries } from '#lib/api/fleet.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { registriesQuery } from '#lib/query/registries.ts';

export const metadata: Metadata = { title: 'Registries' };

export default function RegistriesPage() {
  const client = getQueryClient();
  void client.query({ ...registriesQuery(), queryFn: readRegistries }).catch(noop);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <Registries />
    </HydrationBoundary>
  );
}
