import { type KindName, kinds, type Resource, type ResourceSet, resourcesIn } from '@berth/api';
import type { ResourceWrite } from '../intent/object/write.ts';
import { type NodeCondition, withCondition } from './condition.ts';
import { untold } from './verdict.ts';

/** What says of the objects of a kind whether they do what they should, by the name of the condition. */
const told: ReadonlyMap<KindName, string> = new Map([
  ...(
    [
      'ProviderNetwork',
      'Vlan',
      'Vpc',
      'Subnet',
      'Vip',
      'OvnEip',
      'OvnFip',
      'OvnSnatRule',
      'OvnDnatRule',
    ] as const
  ).map((kind) => [kind, 'Ready'] as const),
  ['GatewayPolicy', 'Programmed'],
]);

/** Told beside that of a floating IP that is not as asked for; it is about what is programmed as well. */
const degraded = 'Degraded';

/** Words for who leads, and how objects that do not count come to count. */
export type OtherLeader = { readonly who: string; readonly cure: string };

/**
 * The status of objects while somebody else leads the OVN, who programs it by others, for those whose status changes: what they said of it is
 * of before. Whether they work nobody knows who has them; how they are placed and who answers is not theirs to say. What they have of their own stays:
 * addresses, and the values of policies.
 */
export function ledElsewhereWrites(
  resources: ResourceSet,
  leader: OtherLeader,
  now: string,
): readonly ResourceWrite[] {
  return resourcesIn(resources).flatMap((object): readonly ResourceWrite[] => {
    const type = told.get(object.kind);
    if (type === undefined) return [];
    const status = statusIn(object);
    const conditions = unknownNow(object, type, leader, now);
    const { ready, berth, placement, ...rest } = status;
    const isSilent = [ready, berth, placement].every((each) => each === undefined);
    if (isSilent && conditions === status.conditions) return [];
    return [{ verb: 'upsert', object: { ...object, status: { ...rest, conditions } } as Resource }];
  });
}

type Shown = { readonly conditions?: readonly NodeCondition[] } & Readonly<Record<string, unknown>>;

/** What an object of a kind that is told of shows. */
function statusIn(object: Resource): Shown {
  return 'status' in object && object.status ? (object.status as Shown) : {};
}

function unknownNow(
  object: Resource,
  type: string,
  { who, cure }: OtherLeader,
  now: string,
): readonly NodeCondition[] {
  const verdict = untold(
    'led-elsewhere',
    `${who} leads this OVN, so what this asks for may not be in force`,
    cure,
  );
  const generation = kinds[object.kind].hasStatus ? object.metadata.generation : undefined;
  const { conditions = [] } = statusIn(object);
  const flags = conditions.some((each) => each.type === degraded) ? [degraded] : [];
  return [type, ...flags].reduce<readonly NodeCondition[]>(
    (all, each) => withCondition(each, all, verdict, generation, now),
    conditions,
  );
}
