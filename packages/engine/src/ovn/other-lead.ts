import { leadKey, leadSinceKey } from '@berth/api';
import { compiledTables, ownerOf } from '@berth/core';
import type { NbTables } from '@berth/ovn';
import type { Row, Snapshot } from '@berth/ovsdb/value';
import { epochAmong, epochKeyOf, instanceKey, notedAmong } from './epoch-guard.ts';

/** Whoever led an OVN last. */
export type Lead = {
  readonly epoch: number;
  /** As a source's claimant names it; undefined of one that did not say, as older controllers. */
  readonly name: string | undefined;
  /** Since when, in RFC 3339; undefined of one that did not say. */
  readonly since: string | undefined;
};

/** Somebody who may lead an OVN: its name, and the last epoch that it stored; 0 for none. */
export type Claim = { readonly name: string | undefined; readonly epoch: number };

/**
 * Whoever looked after an OVN last, where that was somebody else: what the objects there ask for, and those here do not, would be
 * deleted. Undefined where nobody did.
 *
 * A cluster is known by its name. A state may have moved, and is known by its epoch as well, which only one of two has. Of who did not
 * say its name only that counts: an epoch is stored before NB has it, so who is behind did not lead last.
 */
export function otherLead(
  nb: Pick<Snapshot<NbTables>, 'table'>,
  instance: string,
  own: Claim,
): Lead | undefined {
  const lead = leadIn(nb, instance);
  if (lead === undefined) return undefined;
  const { epoch, name } = lead;
  if (name === undefined || own.name === undefined) return epoch <= own.epoch ? undefined : lead;
  const isOwn = name === own.name || (isState(name) && isState(own.name) && epoch === own.epoch);
  return isOwn ? undefined : lead;
}

/** Whoever looked after an OVN last, as NB says it; undefined where nobody did. */
export function leadIn(nb: Pick<Snapshot<NbTables>, 'table'>, instance: string): Lead | undefined {
  const epoch = epochIn(nb, instance);
  if (epoch === undefined) return undefined;
  const noted = (key: string): string | undefined =>
    notedWith(nb.table('NB_Global'), instanceKey(key, instance), epoch);
  return { epoch, name: noted(leadKey), since: noted(leadSinceKey) };
}

/** Whoever looked after an OVN last, where that was somebody else whose rows are still there: nothing there may change for anyone else unasked. */
export function presentLead(
  nb: Pick<Snapshot<NbTables>, 'table'>,
  instance: string,
  own: Claim,
): Lead | undefined {
  const other = otherLead(nb, instance, own);
  return other && hasRows(nb, instance) ? other : undefined;
}

/** The epoch NB carries for an instance; undefined when it carries none. */
export function epochIn(nb: Pick<Snapshot<NbTables>, 'table'>, instance: string): number | undefined {
  return epochAmong(nb.table('NB_Global'), epochKeyOf(instance));
}

/** Whether NB holds rows of an instance: without any nothing can be lost. */
export function hasRows(nb: Pick<Snapshot<NbTables>, 'table'>, instance: string): boolean {
  const isIts = (row: Row): boolean => ownerOf(row) === instance;
  return [...compiledTables].some((table) => Iterator.from(nb.table(table as keyof NbTables)).some(isIts));
}

/**
 * Keys and values that name whoever raises an epoch, and since when he leads: `before` is who did last, `now` RFC 3339. Nothing where he has no name.
 */
export function leadEntries(
  instance: string,
  { name, epoch }: Claim,
  before: Lead | undefined,
  now: string,
): readonly (readonly [key: string, value: string])[] {
  if (name === undefined) return [];
  const since = before?.name === name ? (before.since ?? now) : now;
  return [
    [instanceKey(leadKey, instance), `${epoch} ${name}`],
    [instanceKey(leadSinceKey, instance), `${epoch} ${since}`],
  ];
}

/** What is noted under a key with the epoch that NB carries: who raised it later may have noted nothing. */
function notedWith(rows: Iterable<Row>, key: string, epoch: number): string | undefined {
  const [, number, text] = /^(\d+) (.+)$/.exec(notedAmong(rows, key) ?? '') ?? [];
  return Number(number) === epoch ? text : undefined;
}

function isState(name: string): boolean {
  return name.startsWith('state/');
}
