import type { Row } from '@berth/ovsdb/value';

/** The table of the ports of switches. */
export const switchPortTable = 'Logical_Switch_Port';

/**
 * Whether a row is a workload's port that a chassis has, as far as is known (ovn-nb(5), Logical_Switch_Port up): of one of which nothing is said
 * somebody may have it.
 */
export function mayBeUsed(table: string, { type, up }: Row): boolean {
  return table === switchPortTable && type === '' && up !== false;
}
