import {
  formatRef,
  keepAnnotation,
  keepOf,
  keptKey,
  type OvnFip,
  originKey,
  ownerKey,
  refOf,
  type Subnet,
  type Vpc,
} from '@berth/api';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { perObject, perObjectWith } from '../../memo/per-object.ts';
import { listOf } from '../object/lookup.ts';
import type { Survey } from '../object/surveyed.ts';
import { faultOf, faultyFips } from './keep-finding.ts';

/** The tables that have rows which are as they are because of a keep. */
const tables = ['NAT', 'Logical_Router_Port'] as const;

/**
 * The survey in which each object whose annotation cannot be read keeps what its rows in NB say that it kept last: a slip in an
 * annotation moves nothing. Where no row says so, nothing was kept. The very same survey where all can be read.
 */
export function withLastKeeps(
  survey: Survey,
  northbound: Snapshot<NbTables> | undefined,
  instance: string,
): Survey {
  const { asker, lookup } = survey;
  const fips = faultyFips(asker, listOf(lookup.OvnFip));
  const vpcs = [...lookup.Vpc.values()].filter(isFaulty);
  const subnets = [...lookup.Subnet.values()].filter(isFaulty);
  if (!northbound || fips.length + vpcs.length + subnets.length === 0) return survey;
  const texts = textsIn(northbound).get(instance) ?? new Map<string, string>();
  const held = <T extends Keeping>(object: T): T => {
    const text = texts.get(formatRef(refOf(object)));
    if (text === undefined || !isFaulty(object)) return object;
    // Of the kind that it was.
    return keeping(object, { text }) as T;
  };
  const heldVpc = (object: Vpc): Vpc => held(object);
  const ofSubnet = (object: Survey['attachments'][number]['subnet']): typeof object => {
    const whole = lookup.Subnet.get(object.subnet.metadata.name);
    const kept = whole && held(whole);
    return kept === whole || !kept ? object : { ...object, subnet: kept };
  };
  const ofAttachment = (each: Survey['attachments'][number]): typeof each => ({
    ...each,
    vpc: heldVpc(each.vpc),
  });
  return {
    ...survey,
    lookup: {
      ...lookup,
      OvnFip: replaced(lookup.OvnFip, fips, held),
      Vpc: replaced(lookup.Vpc, vpcs, held),
      Subnet: replaced(lookup.Subnet, subnets, held),
    },
    attachments: survey.attachments.map(ofAttachment),
    withheld: survey.withheld.map(ofAttachment),
    subnets: new Map([...survey.subnets].map(([name, each]) => [name, ofSubnet(each)])),
  };
}

type Keeping = OvnFip | Vpc | Subnet;

function isFaulty(object: Keeping): boolean {
  return faultOf(object) !== undefined;
}

function replaced<T extends Keeping>(
  objects: ReadonlyMap<string, T>,
  faulty: readonly T[],
  held: (object: T) => T,
): ReadonlyMap<string, T> {
  if (faulty.length === 0) return objects;
  const all = new Map(objects);
  for (const each of faulty) all.set(each.metadata.name, held(each));
  return all;
}

/** An object with a text in its annotation that can be read; the object itself where this one cannot either. */
const keeping = perObjectWith((object: Keeping, { text }: { readonly text: string }): Keeping => {
  const annotations = { ...object.metadata.annotations, [keepAnnotation]: text };
  const kept = { ...object, metadata: { ...object.metadata, annotations } };
  const found = keepOf(kept);
  return found && 'keep' in found ? kept : object;
});

/** What objects keep by the rows of each instance, by the object's name as `formatRef` writes it. */
const textsIn = perObject((nb: Snapshot<NbTables>): ReadonlyMap<string, ReadonlyMap<string, string>> => {
  const all = new Map<string, Map<string, string>>();
  for (const table of tables)
    for (const { external_ids: ids } of nb.table(table)) {
      const [text, owner, origin] = [ids.get(keptKey), ids.get(ownerKey), ids.get(originKey)];
      if (text === undefined || owner === undefined || origin === undefined) continue;
      const ofOwner = all.get(owner) ?? new Map<string, string>();
      all.set(owner, ofOwner.set(origin, text));
    }
  return all;
});
