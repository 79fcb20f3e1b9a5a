import {
  defaultExternalSubnet,
  type OvnEip,
  type OvnFip,
  type Resource,
  type Rule,
  refKey,
  refOf,
  ruleKinds,
} from '@berth/api';
import { gatewayClaim } from '../fabric/fabric.ts';
import type { Intent, PortForwardIntent, SourceNatIntent } from '../intent/intent.ts';
import { isTerminating, listOf } from '../intent/object/lookup.ts';
import { same } from '../intent/object/same.ts';
import type { ResourceWrite } from '../intent/object/write.ts';
import type { Asker } from '../memo/per-item.ts';
import { areSame, perObject } from '../memo/per-object.ts';
import { eipBasis, eipStatus } from './eip.ts';
import { floatingIpBasis, floatingIpStatus } from './floating-ip.ts';
import { gatewayPolicyStatus } from './gateway-policy.ts';
import { notedEip, notedRule } from './note.ts';
import { portForwardStatus } from './port-forward.ts';
import { type ProgrammedFip, programmedFips } from './programmed-fips.ts';
import { providerNetworkStatus } from './provider-network.ts';
import { sourceNatStatus } from './source-nat.ts';
import { subnetStatus } from './subnet.ts';
import { gatewaysText } from './unanswered.ts';
import { lookingAgain } from './unsettled.ts';
import type { FindingsByObject } from './verdict.ts';
import { type StatusInput, type View, viewOf } from './view.ts';
import { vipStatus } from './vip.ts';
import { vlanStatus } from './vlan.ts';
import { vpcStatus } from './vpc.ts';

/**
 * The status every object should show, for those whose status changes: stored, a second call gives none. The condition
 * Ready says whether the object does what it should now, and `status.ready` follows it, also back to false.
 */
export function statusWrites({ asker = {}, ...input }: StatusInput): readonly ResourceWrite[] {
  const view = viewOf({ defaultExternalSubnet, ...input, asker });
  const programmed = programmedFips(asker, input.intent.vpcs, view);
  const { ProviderNetwork, Vlan, Vpc, Subnet, Vip, OvnSnatRule, OvnDnatRule, GatewayPolicy } = view.lookup;
  return [
    ...changes(ProviderNetwork, view, (each) => ({ ...each, status: providerNetworkStatus(each, view) })),
    ...changes(Vlan, view, (each) => ({ ...each, status: vlanStatus(each, view) })),
    ...changes(Vpc, view, (each) => ({ ...each, status: vpcStatus(each, view) })),
    ...changes(Subnet, view, (each) => ({ ...each, status: subnetStatus(each, view) })),
    ...changes(Vip, view, (each) => ({ ...each, status: vipStatus(each, view) })),
    ...changedEips(asker, programmed, input.intent, view),
    ...changedFips(asker, programmed, view),
    ...changes(OvnSnatRule, view, (each) => notedRule({ ...each, status: sourceNatStatus(each, view) })),
    ...changes(GatewayPolicy, view, (each) => ({ ...each, status: gatewayPolicyStatus(each, view) })),
    ...changes(OvnDnatRule, view, (each) => notedRule({ ...each, status: portForwardStatus(each, view) })),
  ];
}

function changes<T extends Resource>(
  objects: ReadonlyMap<string, T>,
  view: View,
  withStatus: (object: T) => T,
): readonly ResourceWrite[] {
  return listOf(objects).flatMap((object) => changeOf(object, view, withStatus) ?? []);
}

function changeOf<T extends Resource>(
  object: T,
  view: View,
  withStatus: (object: T) => T,
): ResourceWrite | undefined {
  if (isReleased(object, view.findings)) return undefined;
  const after = withStatus(object);
  return same(object, after) ? undefined : { verb: 'upsert', object: after };
}

/** The floating IPs, of which there are thousands: those are looked at that were written, or of which something that counts changed. */
function changedFips(
  asker: Asker,
  programmed: readonly ProgrammedFip[],
  view: View,
): readonly ResourceWrite[] {
  const { OvnFip: fips } = view.lookup;
  const writes: ResourceWrite[] = [];
  const beside = {
    others: { stillness: stillnessText(view) },
    followed: [programmed],
    always: spokenOf('OvnFip', view.findings),
  };
  lookAtFips(asker, listOf(fips), beside, (fip) => {
    const basis = floatingIpBasis(fip, view);
    if (basis && isSettled(fip, basis)) return true;
    const write = changeOf(fip, view, (each) => notedRule({ ...each, status: floatingIpStatus(each, view) }));
    if (write) writes.push(write);
    else if (basis) settle(fip, basis);
    return write === undefined && basis !== undefined;
  });
  return writes;
}

/**
 * Which nodes stand still, which gateways they are to know and which they reach, and whom they have learned of: whether packets of a workload get
 * to its gateway is not told by who answers for its address. Empty while every node goes along.
 */
const stillnessText = perObject(({ frozen, fabric, liveness }: View): string => {
  if (frozen.size === 0) return '';
  const orders = [...fabric.gateways].map(([port, members]) => [
    ...[port, gatewayClaim(fabric, port)],
    ...members.map(({ chassis }) => chassis),
  ]);
  const gateways = new Set([...fabric.gateways.values()].flat().map(({ chassis }) => chassis));
  const tunnels = [...frozen.keys()].map((one) => [...gateways].map((other) => liveness.sendsTo(one, other)));
  const { learned = [], learnedBy = new Map() } = fabric;
  const known = [[...learned], ...[...learnedBy].map(([chassis, ports]) => [chassis, ...ports])];
  return JSON.stringify([[...frozen], orders, tunnels, known]);
});

const lookAtFips = lookingAgain<OvnFip, ProgrammedFip>(({ fip }) => fip.name);

/** The same of EIPs, of which those of router ports are looked at each time. */
function changedEips(
  asker: Asker,
  programmed: readonly ProgrammedFip[],
  { vpcs }: Intent,
  view: View,
): readonly ResourceWrite[] {
  const { OvnEip, OvnFip, OvnSnatRule, OvnDnatRule } = view.lookup;
  const writes: ResourceWrite[] = [];
  const beside = {
    others: {
      defaultExternalSubnet: view.defaultExternalSubnet,
      ...{ stillness: stillnessText(view), gateways: gatewaysText(view) },
    },
    followed: [
      ...[programmed, listOf(OvnFip), listOf(OvnSnatRule), listOf(OvnDnatRule)],
      ...[vpcs.flatMap(({ sourceNats }) => sourceNats), vpcs.flatMap(({ portForwards }) => portForwards)],
    ],
    always: new Set([
      ...[...spokenOf('OvnEip', view.findings), ...view.attachments.keys()],
      ...eipsOfSpoken(view.lookup, view.findings),
      ...(view.inTheWay.size === 0 ? [] : eipsOfGatewayRules(view.lookup)),
    ]),
  };
  lookAtEips(asker, listOf(OvnEip), beside, (eip) => {
    const basis = eipBasis(eip, view);
    if (basis && isSettled(eip, basis)) return true;
    const write = changeOf(eip, view, (each) => notedEip({ ...each, status: eipStatus(each, view) }, view));
    if (write) writes.push(write);
    else if (basis) settle(eip, basis);
    return write === undefined && basis !== undefined;
  });
  return writes;
}

type UserOfEip = ProgrammedFip | Rule | SourceNatIntent | PortForwardIntent;

const lookAtEips = lookingAgain<OvnEip, UserOfEip>((user) => {
  if ('fip' in user) return user.fip.eip.name;
  return 'spec' in user ? user.spec.ovnEip : user.eip.name;
});

/** The names of the objects of a kind that something is said of. */
function spokenOf(kind: Resource['kind'], findings: FindingsByObject): ReadonlySet<string> {
  const about = [...findings.values()].flatMap(([first]) => first?.object ?? []);
  return new Set(about.filter((object) => object.kind === kind).map(({ name }) => name));
}

/** The EIPs of the rules that something is said of: nobody may answer for an EIP whose rules do not work. */
function eipsOfSpoken(lookup: View['lookup'], findings: FindingsByObject): readonly string[] {
  return ruleKinds.flatMap((kind) =>
    [...spokenOf(kind, findings)].flatMap((name) => lookup[kind].get(name)?.spec.ovnEip ?? []),
  );
}

/** The EIPs of rules of which nobody is told when what they need is in somebody's way: floating IPs are followed. */
function eipsOfGatewayRules({ OvnSnatRule, OvnDnatRule }: View['lookup']): readonly string[] {
  return [...listOf(OvnSnatRule), ...listOf(OvnDnatRule)].map(({ spec }) => spec.ovnEip);
}

/**
 * What the status of an object goes by beside the object itself, each part to be told from others by identity.
 */
type Basis = Readonly<Record<string, unknown>>;

function isSettled(object: Resource, basis: Basis): boolean {
  const known = settled.get(object);
  return known !== undefined && areSame(known, basis);
}

function settle(object: Resource, basis: Basis): void {
  settled.set(object, basis);
}

/** Objects that show what they should, and what that went by. */
const settled = new WeakMap<Resource, Basis>();

/** An object that is being deleted and that nobody uses: it is let go, and gets no status any more. */
function isReleased(object: Resource, findings: FindingsByObject): boolean {
  if (!isTerminating(object)) return false;
  const known = findings.get(refKey(refOf(object))) ?? [];
  return !known.some(({ code }) => code === 'in-use');
}
