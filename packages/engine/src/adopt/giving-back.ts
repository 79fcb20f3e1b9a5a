import { formatRef, type ResourceSet, refOf, rulesIn } from '@berth/api';
import {
  compile,
  compiledTables,
  giveBack,
  keepingObjects,
  type ObjectRef,
  type Plan,
  type ResourceWrite,
  type Staying,
  settlingWrites,
} from '@berth/core';
import { settle } from '../pass/prepare.ts';
import { type AdoptionInput, withoutKeep } from './adoption.ts';

/** What it takes to leave rows to somebody else. */
export type GivingBack = {
  readonly plan: Plan;
  /** To be stored when the plan is written: the objects without what they keep, and without notes on addresses. Not those whose rows all stay Berth's. */
  readonly writes: readonly ResourceWrite[];
  /** What Berth made itself and goes on with. */
  readonly staying: readonly Staying[];
};

/** What `berth adopt --undo` would change and store. */
export function givingBackOf({ resources, fabric, observed, settings }: AdoptionInput): GivingBack {
  const { result } = settle(resources, fabric, settings);
  const { instance } = settings;
  const desired = compile(result.intent);
  const { nodeNames } = result.intent;
  const { plan, staying, given } = giveBack({
    ...{ db: 'NB', desired, observed, tables: compiledTables, instance, nodeNames },
  });
  const others = new Set([...given, ...plan.changes.flatMap(({ cause }) => cause ?? [])].map(formatRef));
  const still = staying.flatMap(({ object }) => (object && !others.has(formatRef(object)) ? [object] : []));
  const held = heldBy(still, resources);
  const writes = [...keepingObjects(resources).map(withoutKeep), ...settlingWrites(resources)];
  return { plan, writes: writes.filter(({ object }) => !held.has(formatRef(refOf(object)))), staying };
}

/** Objects, and the addresses that they use, as `formatRef` writes them. */
function heldBy(objects: readonly ObjectRef[], resources: ResourceSet): ReadonlySet<string> {
  const names = new Set(objects.map(formatRef));
  for (const rule of rulesIn(resources)) {
    if (!names.has(formatRef(refOf(rule)))) continue;
    names.add(formatRef({ kind: 'OvnEip', name: rule.spec.ovnEip }));
    const { ipName } = rule.spec;
    if (ipName) names.add(formatRef({ kind: 'Vip', name: ipName }));
  }
  for (const { name } of objects.filter(({ kind }) => kind === 'Vpc'))
    for (const { metadata } of resources.Subnet)
      names.add(formatRef({ kind: 'OvnEip', name: `${name}-${metadata.name}` }));
  return names;
}
