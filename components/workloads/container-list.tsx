import type { WorkloadDetail } from '#lib/contract/workloads.ts';
import { useWorkloadDecisions } from '#lib/query/policies.ts';
import { ContainerBlock } from './container-block.tsx';
import { ContainerPolicies } from './container-policies.tsx';

/** The containers of a workload, each with the policies that cover it. */
export function ContainerList({ workload }: { readonly workload: WorkloadDetail }) {
  const decisions = useWorkloadDecisions(workload.id);
  return workload.uses.map((use) => (
    <ContainerBlock key={use.id} use={use}>
      <ContainerPolicies workload={workload} use={use} decisions={decisions} />
    </ContainerBlock>
  ));
}
