import type { WorkloadDetail } from '#lib/contract/workloads.ts';
import type { WorkloadAdmissionRead } from '#lib/query/policies.ts';
import { ContainerBlock } from './container-block.tsx';
import { ContainerPolicies } from './container-policies.tsx';

interface ContainerListProps {
  readonly workload: WorkloadDetail;
  readonly admission: WorkloadAdmissionRead;
}

/** The containers of a workload, each with the policies that cover it. */
export function ContainerList({ workload, admission }: ContainerListProps) {
  return workload.uses.map((use) => (
    <ContainerBlock key={use.id} use={use}>
      <ContainerPolicies use={use} admission={admission} />
    </ContainerBlock>
  ));
}
