import { age, type Column } from '../resource/column.ts';
import type { Namespace } from './schema.ts';

/** kubectl's columns. */
export const namespaceColumns: readonly Column<Namespace>[] = [
  { heading: 'Status', type: 'string', cell: ({ status }) => status?.phase ?? 'Active' },
  age,
];
