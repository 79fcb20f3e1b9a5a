import { age, type Column } from '../resource/column.ts';
import type { Pod } from './schema.ts';

/** What kubectl shows of a pod that matters here. What a pod asks for in an annotation is not what it has. */
export const podColumns: readonly Column<Pod>[] = [
  { heading: 'Status', type: 'string', cell: ({ status }) => status?.phase },
  { heading: 'IP', type: 'string', cell: ({ status }) => status?.podIP },
  { heading: 'Node', type: 'string', cell: ({ spec }) => spec.nodeName },
  age,
];
