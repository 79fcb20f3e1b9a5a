import { carriedOut, isOutOfSight, type NodeHealth } from '@berth/core';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';

/** A chassis that nothing is heard and seen of, as far as reports tell. */
export type Suspect = { readonly row: Uuid; readonly name: string; readonly node: string };

/**
 * Chassis whose agent reported once and has gone silent, and that no tunnel sees: at least one node that is heard of
 * has BFD to it, and all that have see it down. NotReady is no sign, and neither is silence alone, nor that one does not see it whom it may not know as a gateway yet.
 */
export function suspectsOf(
  health: ReadonlyMap<string, NodeHealth>,
  nb: Snapshot<NbTables>,
  sb: Snapshot<SbTables>,
): readonly Suspect[] {
  const silent = [...health.values()].filter(({ isFresh }) => isFresh === false);
  if (silent.length === 0) return [];
  const heard = [...health.values()].filter(({ isFresh }) => isFresh !== false);
  const rows = [...sb.table('Chassis')];
  const done = carriedOut(sb);
  return silent.flatMap((report) => {
    const { node, chassis } = report;
    const row = rows.find(({ name, hostname }) =>
      chassis === undefined ? hostname === node : name === chassis,
    );
    if (!row) return [];
    const known = { name: row.name, report, done: done.get(row.name) };
    return isOutOfSight(nb, known, heard) ? [{ row: row._uuid, name: row.name, node }] : [];
  });
}

/**
 * Chassis that are dead though SB has no row any more to tell by: whoever led before us took it away, or it left by itself. Their agents are
 * silent or, of those `found` when we began to listen, said last that ovn-controller is connected and has its flows, which it is nowhere
 * without a row. Where no other agent is heard it may be us who hear nothing: then none is.
 */
export function vanishedOf(
  health: ReadonlyMap<string, NodeHealth>,
  found: ReadonlySet<string>,
  sb: Snapshot<SbTables>,
): readonly string[] {
  const rows = [...sb.table('Chassis')];
  const present = new Set(rows.flatMap(({ name, hostname }) => [name, hostname]));
  const isVanished = ({ node, chassis, ...said }: NodeHealth): boolean => {
    if (chassis === undefined || present.has(chassis) || present.has(node)) return false;
    const ran = said.controllerConnected === true && said.flowsInstalled === true;
    return said.isFresh === false || (found.has(node) && ran);
  };
  const all = [...health.values()];
  const vanished = all.filter(isVanished);
  const isHearing = all.some((each) => each.isFresh !== false && !vanished.includes(each));
  return isHearing ? vanished.flatMap(({ chassis }) => chassis ?? []) : [];
}

/** How far the chassis have got with what NB asks (NB_Global, SB_Global and Chassis_Private, `nb_cfg`). */
export type Progress = {
  readonly asked: number;
  /** As far as northd has passed it on. */
  readonly passedOn: number;
  readonly byChassis: ReadonlyMap<string, number>;
};

/** Reads the progress of an OVN. */
export function progressOf(nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): Progress {
  const [north] = nb.table('NB_Global');
  const [south] = sb.table('SB_Global');
  return {
    asked: north?.nb_cfg ?? 0,
    passedOn: south?.nb_cfg ?? 0,
    byChassis: carriedOut(sb),
  };
}

/**
 * Whether a chassis has not carried out what another one has. `ask` says that nobody was asked anything new yet, so that
 * it cannot be told.
 */
export function lagOf(name: string, { asked, passedOn, byChassis }: Progress): 'lags' | 'ask' | 'unclear' {
  const own = byChassis.get(name) ?? 0;
  if (own >= passedOn) return asked > passedOn ? 'unclear' : 'ask';
  const others = [...byChassis].filter(([other]) => other !== name);
  return others.some(([, reached]) => reached >= passedOn) ? 'lags' : 'unclear';
}
