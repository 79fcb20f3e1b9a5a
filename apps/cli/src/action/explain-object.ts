import {
  formatRef,
  isRule,
  type Resource,
  type ResourceSet,
  refKey,
  refOf,
  resourcesIn,
  rulesIn,
} from '@berth/api';
import {
  type Explanation,
  type Finding,
  type Intent,
  isWaiting,
  type Notice,
  noticesOf,
  type ObjectRef,
} from '@berth/core';
import type { Asked } from '../context/asked.ts';
import { blamed, concerns } from '../output/concerns.ts';

/** What there is to say of an object of which NB has nothing that leads outside. */
export type ObjectStory = {
  readonly object: ObjectRef;
  /** One sentence: what it is now. */
  readonly now: string;
  readonly isWrong: boolean;
  /** Whether it works is for somebody else to say. */
  readonly isUnknown?: true;
  /** What concerns it and what it needs. */
  readonly findings: readonly Finding[];
};

/** Tells of such an object by its condition and by what is wrong with it and what it names. `resources` have the status of now. */
export function objectStory(
  object: ObjectRef,
  resources: ResourceSet,
  { intent }: Pick<Asked, 'intent'>,
  findings: readonly Finding[],
): ObjectStory {
  const key = refKey(object);
  const self = resourcesIn(resources).find((each) => refKey(refOf(each)) === key);
  const concerned = new Set([object, ...neededBy(object, self, resources, intent)].map(refKey));
  const own = findings.filter((each) => concerns(each, (ref) => concerned.has(refKey(ref))));
  const given = own.find((each) => each.code === 'given-back' && each.object && refKey(each.object) === key);
  if (given)
    return { object, now: givenText(self, resources), isWrong: false, isUnknown: true, findings: own };
  const error = blamed(object, own);
  const [ready] = self ? noticesOf(undefined, self) : [];
  const isAbroad = object.kind === 'Node';
  const isOwnError = error?.object !== undefined && refKey(error.object) === key;
  const isWrong = isAbroad || isOwnError || (ready ? !isFine(ready) : error !== undefined);
  return {
    object,
    now: isAbroad
      ? 'is not part of this OVN: SB has no chassis of it'
      : isWrong
        ? `does not work: ${errorText(error, isOwnError) ?? ready?.message ?? 'it is not programmed'}`
        : (ready?.message ?? 'nothing of it leads outside: it has no floating IP and no other NAT'),
    isWrong,
    findings: own,
  };
}

/** What there is to say of what was given back: where to look. */
function givenText(self: Resource | undefined, { OvnEip }: ResourceSet): string {
  const eip =
    self && isRule(self) ? OvnEip.find(({ metadata }) => metadata.name === self.spec.ovnEip) : undefined;
  const address = eip?.status?.v4Ip ?? eip?.status?.v6Ip;
  const look = address ? `; berth explain ${address} tells what the rows that are there do` : '';
  return `is somebody else's since berth adopt --undo${look}`;
}

/** An error by its code, with the object where it is another one's. */
function errorText(error: Finding | undefined, isOwn: boolean): string | undefined {
  if (!error || isOwn || !error.object) return error?.code;
  return `${formatRef(error.object)} has ${error.code}`;
}

/** Whether the condition Ready is true: what is only on its way does not work yet. */
function isFine({ type, reason }: Notice): boolean {
  return type === 'Normal' && !isWaiting(reason);
}

/** As `-o json` gives it: no address of it works. */
export function storyExplanation(target: string, { isWrong, isUnknown }: ObjectStory): Explanation {
  return {
    ...{ target, placement: undefined, berth: undefined, inbound: [], outbound: [] },
    ...{ dependsOn: [], independentOf: [], change: [], node: undefined, assumptions: [] },
    now: { outcome: isUnknown ? 'unknown' : isWrong ? 'lost' : 'delivered', addresses: [] },
  };
}

/** The objects that one names, and the VPC and subnet that it is programmed for. */
function neededBy(
  object: ObjectRef,
  self: Resource | undefined,
  resources: ResourceSet,
  { vpcs }: Intent,
): readonly ObjectRef[] {
  const key = refKey(object);
  const spec: unknown = self && 'spec' in self ? self.spec : undefined;
  const fields = new Map(Object.entries(typeof spec === 'object' && spec ? spec : {}));
  const named = (kind: string, field: string): readonly ObjectRef[] => {
    const name: unknown = fields.get(field);
    return typeof name === 'string' && name !== '' ? [{ kind, name }] : [];
  };
  const vpc = vpcs.find(({ floatingIps, sourceNats, portForwards }) =>
    [...floatingIps, ...sourceNats, ...portForwards].some(({ ref }) => refKey(ref) === key),
  );
  const ipName = `${object.name}.${object.namespace}`;
  return [
    ...named('OvnEip', 'ovnEip'),
    ...named('IP', 'ipName'),
    ...named('Vip', 'ipName'),
    ...named('Vpc', 'vpc'),
    ...named('Subnet', 'vpcSubnet'),
    ...(object.kind === 'OvnEip'
      ? [...named('Subnet', 'externalSubnet'), ...usersOf(object, resources)]
      : []),
    ...(object.kind === 'Pod' ? [{ kind: 'IP', name: ipName }] : []),
    ...(vpc ? [vpc.ref, ...vpc.attachments.map(({ subnet }) => ({ kind: 'Subnet', name: subnet }))] : []),
  ];
}

/** The rules that use an EIP. */
function usersOf({ name }: ObjectRef, resources: ResourceSet): readonly ObjectRef[] {
  return rulesIn(resources)
    .filter(({ spec }) => spec.ovnEip === name)
    .map(refOf);
}
