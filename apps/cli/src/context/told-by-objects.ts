import { formatRef, type OvnEip, type ResourceSet, refKey, refOf, resourcesIn, rulesIn } from '@berth/api';
import {
  type AuditInput,
  type ExternalFlow,
  type Fabric,
  type Finding,
  type FindingCode,
  type FloatingIpIntent,
  frozenChassis,
  type Home,
  lookupOf,
  type ObjectRef,
  type Origin,
  podAway,
  type VpcIntent,
  type WantedPlacement,
  wasInstalled,
} from '@berth/core';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Options } from '../tree/options.ts';
import type { Asked } from './asked.ts';

/** What is said of gateway nodes that cannot be gateways now. */
const outCodes: ReadonlySet<FindingCode> = new Set([
  'flows-missing',
  'gateway-cordoned',
  'gateway-dead',
  'gateway-not-ready',
  'gateway-waits',
  'gateway-without-chassis',
  'no-bridge-mapping',
  'uplink-down',
]);

/** By node, why it cannot be a gateway now. */
export function gatewaysOutIn(asked: Asked | undefined): ReadonlyMap<string, FindingCode> {
  const found = (asked?.findings ?? []).filter(
    ({ code, object }) => object?.kind === 'Node' && outCodes.has(code),
  );
  return new Map(found.map(({ code, object }) => [object?.name ?? '', code]));
}

/** Whether the rules behind a flow were told to work before any node stood still. Nobody is asked where none does. */
export function installedIn(
  objects: ResourceSet | undefined,
  fabric: Fabric,
): (origins: readonly Origin[]) => boolean | undefined {
  if (!objects || frozenChassis(fabric).size === 0) return () => undefined;
  const known = new Map(rulesIn(objects).map((rule) => [refKey(refOf(rule)), wasInstalled(rule)]));
  return (origins) => {
    const told = origins.flatMap(({ object }) => known.get(refKey(object)) ?? []);
    return told.length === 0 ? undefined : told.every(Boolean);
  };
}

/** The flows whose ports no chassis has, with why that is as far as their pods tell. `now` is RFC 3339. */
export function withAway(
  flows: readonly ExternalFlow[],
  objects: ResourceSet | undefined,
  fabric: Fabric,
  now: string,
): readonly ExternalFlow[] {
  if (!objects) return flows;
  const lookup = lookupOf(objects);
  return flows.map((flow): ExternalFlow => {
    const { logicalPort } = flow;
    const isUnbound = logicalPort !== undefined && !fabric.claims.has(logicalPort);
    const away = isUnbound ? podAway(logicalPort, lookup, { fabric, now }) : undefined;
    return away ? { ...flow, away } : flow;
  });
}

/** What is wrong with what is asked for, with what the objects tell of it beside. */
export function askedFindings({ findings, resources }: Asked): readonly Finding[] {
  return findings.map((each) => (each.code === 'policy-contradictory' ? withSince(each, resources) : each));
}

/** What only objects tell of: cordoned gateway nodes, policies that contradict themselves, and where NB is not as asked. */
export function notedOf(asked: Asked | undefined): readonly Finding[] {
  if (!asked) return [];
  const noted = askedFindings(asked).filter(
    ({ code }) => code === 'gateway-cordoned' || code === 'policy-contradictory',
  );
  return [...noted, ...asked.drift.findings];
}

/** The VPC that a router port is asked for by. */
export function ownerOfPort(port: string, asked: Asked | undefined): ObjectRef | undefined {
  return asked?.intent.vpcs.find(({ name, attachments }) =>
    attachments.some(({ subnet }) => `${name}-${subnet}` === port),
  )?.ref;
}

/** What objects tell of rows of NB and of the flows over them. */
type OwnersOfRows = {
  /** The fields behind a row of NB, where a controller of Berth's stored them. */
  readonly originsOf: (uuid: string) => readonly Origin[];
  readonly wantedOf: (flow: ExternalFlow) => WantedPlacement | undefined;
};

/** The objects behind the rows of NB: what is asked for is compiled, and rows are found by the UUIDs that this gives them or, where they were taken over, by their keys. */
export async function behind(
  asked: Pick<Asked, 'intent'> | undefined,
  observed: Snapshot,
  { instance = 'default' }: Pick<Options, 'instance'>,
): Promise<OwnersOfRows> {
  if (!asked) return { originsOf: () => [], wantedOf: () => undefined };
  const { compile, compiledTables, desiredBehind } = await import('@berth/core');
  const desired = compile(asked.intent);
  const rows = desiredBehind({ db: 'NB', desired, observed, tables: compiledTables, instance });
  const origins = new Map([...rows].map(([uuid, row]): [string, readonly Origin[]] => [uuid, row.origins]));
  const decisions = new Map(asked.intent.vpcs.flatMap(decisionsOf));
  return {
    originsOf: (uuid) => origins.get(uuid) ?? [],
    wantedOf: ({ rows: own, target }) =>
      own.some(({ uuid }) => origins.has(uuid)) ? decisions.get(target) : undefined,
  };
}

/** What is asked for of each rule of a VPC, by its target. Only a floating IP has a choice: the others ask for what runs on the gateway always. */
function decisionsOf({
  floatingIps,
  sourceNats,
  portForwards,
}: VpcIntent): readonly (readonly [target: string, WantedPlacement])[] {
  const onGateway = ({ ref }: { readonly ref: ObjectRef }): WantedPlacement => ({
    ...{ wanted: 'centralized', runsAt: 'centralized' },
    decidedBy: [{ object: ref }],
  });
  return [
    ...floatingIps.map((each) => [`fip/${each.name}`, asWanted(each.placement)] as const),
    ...sourceNats.map((each) => [`snat/${each.name}`, onGateway(each)] as const),
    ...portForwards.map((each) => [`dnat/${each.name}`, onGateway(each)] as const),
  ];
}

/** A contradiction of a policy with the VPCs that it concerns, and since when it has been one, as far as its conditions tell. */
function withSince(found: Finding, { GatewayPolicy }: Pick<ResourceSet, 'GatewayPolicy'>): Finding {
  const policy = GatewayPolicy.find(({ metadata }) => metadata.name === found.object?.name);
  const accepted = policy?.status?.conditions?.find(({ type }) => type === 'Accepted');
  const since = accepted?.status === 'False' ? accepted.lastTransitionTime : undefined;
  const vpcs = policy?.spec.targetRefs.map(({ name }) => ({ kind: 'Vpc', name })) ?? [];
  const message = since === undefined ? found.message : `${found.message} (since ${since})`;
  return { ...found, message, related: [...found.related, ...vpcs] };
}

function asWanted(placement: FloatingIpIntent['placement']): WantedPlacement {
  return { ...placement, runsAt: placement.atWorkload ? 'distributed' : 'centralized' };
}

/** What the owners of flows asked for, and the objects there are. Nothing where none were stored. */
export function ownersOf(
  { objects, home }: { readonly objects: ResourceSet | undefined; readonly home: Home | undefined },
  flows: readonly ExternalFlow[],
  wantedOf: OwnersOfRows['wantedOf'],
  options: Options,
): Pick<AuditInput, 'placements' | 'objects'> {
  if (!objects) return {};
  const names = new Set(resourcesIn(objects).map((object) => formatRef(refOf(object))));
  const placements = new Map(
    flows.flatMap((flow) => {
      const decision = wantedOf(flow);
      // What is so meanwhile is as it should be.
      return decision ? [[flow.target, decision.effective ?? decision.wanted] as const] : [];
    }),
  );
  return { placements, objects: { instance: options.instance ?? 'default', names, home } };
}

/** The addresses that EIPs ask for or have, by the word for them. */
export function addressesOf(objects: ResourceSet | undefined): ReadonlyMap<string, readonly string[]> {
  const eips = objects?.OvnEip ?? [];
  return new Map(eips.map((eip) => [`eip/${eip.metadata.name}`, addressesOfEip(eip)]));
}

/** The addresses that an EIP asks for or has, each once. */
export function addressesOfEip({ spec, status }: OvnEip): readonly string[] {
  const known = [spec.v4Ip, spec.v6Ip, status?.v4Ip, status?.v6Ip];
  return [...new Set(known.flatMap((each) => each || []))];
}
