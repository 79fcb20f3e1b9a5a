import type { Resource } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { type Columns, changeSnapshot, type Row, type Snapshot, snapshotOf } from '@berth/ovsdb/value';
import { compile, compiledTables } from '../compile/compile.ts';
import type { DesiredRow } from '../compile/row.ts';
import { emptyFabric, type Fabric } from '../fabric/fabric.ts';
import type { Plan } from '../plan/change.ts';
import type { Adopting } from '../plan/match.ts';
import { operations } from '../plan/operations.ts';
import { plan } from '../plan/plan.ts';
import { commit } from './database-model.ts';
import { settle } from './settle.ts';

export type Nb = Snapshot<NbTables>;

/** An NB without rows. */
export const emptyNb: Nb = snapshotOf<NbTables>(nbSchema, {});

/** The rows that resources ask for once everything is stored. */
export function desiredRows(
  resources: readonly Resource[],
  fabric: Fabric = emptyFabric,
): readonly DesiredRow[] {
  return compile(settle(resources, fabric).intent);
}

/** The plan of the instance `default`. */
export function planNb(desired: readonly DesiredRow[], observed: Nb, adopt: Adopting = false): Plan {
  return plan({ db: 'NB', desired, observed, tables: compiledTables, instance: 'default', adopt });
}

/** NB after a plan is carried out. */
export function carryOut({ changes }: Plan, observed: Nb): Nb {
  return commit<NbTables>(observed, operations(changes));
}

/** An NB that holds what resources ask for. */
export function programmed(
  resources: readonly Resource[],
  fabric: Fabric = emptyFabric,
  before: Nb = emptyNb,
): Nb {
  return carryOut(planNb(desiredRows(resources, fabric), before), before);
}

/** NB as somebody else left it: with some rows changed or removed, and others beside them. */
export function damaged(
  observed: Nb,
  change: (table: string, row: Row) => Row | undefined,
  extra: Readonly<Record<string, readonly Columns[]>> = {},
): Nb {
  const whole: Snapshot = observed;
  const added: Snapshot = snapshotOf(nbSchema, extra);
  return changeSnapshot(
    observed,
    whole.tableNames.map((table) => ({
      table,
      changes: [
        ...[...whole.table(table)].map((row) => ({
          uuid: row._uuid,
          before: row,
          after: change(table, row),
        })),
        ...[...added.table(table)].map((row) => ({ uuid: row._uuid, after: row })),
      ],
    })),
  );
}
