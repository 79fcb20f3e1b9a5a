import { age, type Column } from '../resource/column.ts';
import { ipAddressAnnotation } from '../well-known.ts';
import type { Pod } from './schema.ts';

/** What kubectl shows of a pod that matters here. */
export const podColumns: readonly Column<Pod>[] = [
  { heading: 'Status', type: 'string', cell: ({ status }) => status?.phase },
  { heading: 'IP', type: 'string', cell: addressOf },
  { heading: 'Node', type: 'string', cell: ({ spec }) => spec.nodeName },
  age,
];

function addressOf({ metadata, status }: Pod): string | undefined {
  return status?.podIP ?? metadata.annotations[ipAddressAnnotation];
}
