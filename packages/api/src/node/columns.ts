import { age, type Column } from '../resource/column.ts';
import { externalGatewayLabel } from '../well-known.ts';
import type { Node } from './schema.ts';

/** What kubectl shows of a node that matters here, and whether it may carry centralized external traffic. */
export const nodeColumns: readonly Column<Node>[] = [
  { heading: 'Status', type: 'string', cell: statusOf },
  {
    heading: 'ExternalGateway',
    type: 'string',
    cell: ({ metadata }) => metadata.labels[externalGatewayLabel],
  },
  {
    heading: 'InternalIP',
    type: 'string',
    wide: true,
    cell: ({ status }) => status?.addresses?.find(({ type }) => type === 'InternalIP')?.address,
  },
  age,
];

function statusOf({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  const readiness = ready === undefined ? 'Unknown' : ready === 'True' ? 'Ready' : 'NotReady';
  return spec.unschedulable === true ? `${readiness},SchedulingDisabled` : readiness;
}
