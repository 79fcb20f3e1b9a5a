import { type KindName, kinds, type ResourceSet } from '@berth/api';
import { flowsOf, kindsOfRows, objectsOfRows } from '@berth/core';
import type { Analysis } from './analysis.ts';
import { CliFault } from './cli-fault.ts';

/** What a reader of objects that were made of rows is to know. */
export const rowsNote =
  'told by the rows of NB and SB alone, as no objects are stored with them: Ready says whether it works now; other conditions, ages, labels, and what was asked for are not known';

/** The same where objects are known that are not in force. */
export const inForceNote =
  'told by the rows of NB and SB alone: Ready says whether it works now; other conditions, ages, labels, and what was asked for are not known from here';

/** The objects behind the rows of an OVN of which no objects are known. Where northd has made nothing of NB, only what NB says. */
export function resourcesOfRows({
  observed,
  present,
  flows,
  verdicts,
}: Pick<Analysis, 'observed' | 'present' | 'flows' | 'verdicts'>): ResourceSet {
  const { nb, unfit } = observed;
  return unfit
    ? objectsOfRows({ nb, fabric: present, flows: flowsOf(nb, present), verdicts: [] })
    : objectsOfRows({ nb, fabric: present, flows, verdicts: verdicts() });
}

/** Throws CliFault `usage` where none of the kinds that are asked for is one that rows tell of. */
export function requireOfRows(wanted: readonly KindName[]): void {
  if (wanted.some((kind) => kindsOfRows.has(kind))) return;
  const names = wanted.map((kind) => kinds[kind].plural).join(', ');
  throw new CliFault(
    'usage',
    `no row of NB or SB tells of ${names}`,
    'name what holds the objects: a folder with -f, a state with --state, or a cluster with --kubeconfig',
  );
}
