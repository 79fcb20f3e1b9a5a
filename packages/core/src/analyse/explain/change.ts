import { formatRef, keepAnnotation, keptKey } from '@berth/api';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Fabric } from '../../fabric/fabric.ts';
import type { NodeName } from '../../fabric/node-name.ts';
import { type Home, waysOf } from '../../finding/home.ts';
import type { ExternalFlow } from '../flow.ts';
import type { Predict } from './dependencies.ts';
import { effectOf } from './dependencies.ts';
import type { Independence } from './explanation.ts';
import { natRow, type WantedPlacement } from './placement-reason.ts';

type World = {
  /** What its owner asked for, where that is known. */
  readonly wanted: WantedPlacement | undefined;
  readonly nb: Snapshot<NbTables>;
  readonly fabric: Fabric;
  readonly predict: Predict;
  readonly nodeName: NodeName;
  readonly home: Home | undefined;
  readonly isControlled: boolean;
};

/** How to let a floating IP run elsewhere, and what it would depend on then. Nothing for what can run in one place only. */
export function changeOf(
  flows: readonly ExternalFlow[],
  independentOf: readonly Independence[],
  world: World,
): readonly string[] {
  const [flow] = flows;
  // What no node forwards whatever is alive is mended first.
  if (flow?.kind !== 'floating-ip' || flow.obstacle !== undefined) return [];
  const { wanted } = world;
  if (wanted?.effective === flow.placement && wanted.wanted !== flow.placement)
    return [meanwhile(wanted, world.isControlled)];
  // Wherever its address is answered, nobody is behind it.
  const isAway = flow.logicalPort !== undefined && !world.fabric.claims.has(flow.logicalPort);
  if (isAway && !isYetTo(flow.placement === 'distributed' ? 'centralized' : 'distributed', wanted)) return [];
  if (flow.placement === 'distributed') {
    const how = isYetTo('centralized', wanted)
      ? applying(wanted, world.home)
      : lifting(flow, world) + centralizing(flow, wanted);
    return [`${how}; ${thenOf(flows, independentOf, world)}`];
  }
  if (flow.logicalPort === undefined) return [];
  // Where the row has what it takes, something else keeps it on the gateway.
  if (hasColumns(flow, world.nb)) return [];
  const how = isYetTo('distributed', wanted)
    ? applying(wanted, world.home)
    : lifting(flow, world) + distributing(flow, wanted);
  return [`${how}; it then lives on the workload's own node`];
}

/** Whether it is to run there already, asked for as that or as what comes to it now. */
function isYetTo(
  where: ExternalFlow['placement'],
  wanted: WantedPlacement | undefined,
): wanted is WantedPlacement {
  return wanted?.wanted === where || (wanted?.wanted === 'gateway-local' && wanted.runsAt === where);
}

/** What was asked for already has only to reach NB. */
function applying({ wanted, decidedBy }: WantedPlacement, home: Home | undefined): string {
  const { controller, once, plan } = waysOf(home);
  const how = once ?? `nothing but have ${controller} at work`;
  return `${how}: it is to be ${wanted} ${whoSays(decidedBy)}, and NB is not programmed so yet (${plan} shows the difference)`;
}

/** What is so for as long as its cause lasts. */
function meanwhile({ wanted, effective, decidedBy }: WantedPlacement, isControlled: boolean): string {
  const so = `it is ${effective} meanwhile, ${whoSays(decidedBy)}`;
  return isControlled
    ? `nothing: ${so}, and ${wanted} again by itself when it can be`
    : `start the controller: ${so}, and only a controller that is at work makes it ${wanted} again when it can be`;
}

function whoSays(decidedBy: WantedPlacement['decidedBy']): string {
  const by = decidedBy.map(({ object, field }) => `${formatRef(object)} ${field ?? ''}`.trim());
  return by.length > 0 ? `by ${by.join(', ')}` : 'by default';
}

/** The policy that decides, where one does: then the floating IP's own field changes nothing. */
function policyOf(wanted: WantedPlacement | undefined): string | undefined {
  const decisive = wanted?.decidedBy.find(({ object }) => object.kind === 'GatewayPolicy');
  return decisive && formatRef(decisive.object);
}

function hasColumns(flow: ExternalFlow, nb: Snapshot<NbTables>): boolean {
  const { row } = natRow(flow, nb) ?? {};
  return Boolean(row?.logical_port) && Boolean(row?.external_mac);
}

/** What comes before anything that is asked for: a place that was taken over is kept whatever that is. Empty where none is. */
function lifting(flow: ExternalFlow, { nb, wanted, home }: World): string {
  const owner = ownerOf(flow);
  const isSaid = wanted?.decidedBy.some(({ field = '' }) => field.includes(keepAnnotation)) === true;
  if (owner === undefined || (!isSaid && !keepsPlace(natRow(flow, nb)?.row.external_ids.get(keptKey))))
    return '';
  return `${waysOf(home).adopt} --lift ovn-fip/${owner} first, which shows what that moves and with --yes does it: the annotation ${keepAnnotation} keeps it ${flow.placement}, as it was found; then, unless that is asked for already, `;
}

/** Whether a mark of what an object keeps says where its NAT runs. */
function keepsPlace(mark: string | undefined): boolean {
  try {
    return JSON.parse(mark ?? '{}')?.placement !== undefined;
  } catch {
    return false;
  }
}

/** The object that makes a floating IP, where it is one of ours. */
function ownerOf({ target, origins }: ExternalFlow): string | undefined {
  const object = origins.find((origin) => origin.object.kind === 'OvnFip')?.object.name;
  return object ?? (target.startsWith('fip/') ? target.slice('fip/'.length) : undefined);
}

function centralizing(flow: ExternalFlow, wanted: WantedPlacement | undefined): string {
  const policy = policyOf(wanted);
  if (policy !== undefined)
    return `set spec.placement: Centralized on ${policy}, which decides for its VPCs, and apply`;
  const owner = ownerOf(flow);
  if (owner !== undefined) return `set spec.type: centralized on ovn-fip/${owner} and apply`;
  return `ovn-nbctl clear NAT ${natUuid(flow)} external_mac (what programmed the row may write it again)`;
}

function distributing(flow: ExternalFlow, wanted: WantedPlacement | undefined): string {
  const policy = policyOf(wanted);
  if (policy !== undefined)
    return `set spec.placement: Distributed on ${policy}, which decides for its VPCs, and apply`;
  const owner = ownerOf(flow);
  if (owner !== undefined) return `set spec.type: distributed on ovn-fip/${owner} and apply`;
  return `ovn-nbctl set NAT ${natUuid(flow)} logical_port=${flow.logicalPort} external_mac=MAC`;
}

function natUuid({ rows }: ExternalFlow): string {
  return rows.find(({ table }) => table === 'NAT')?.uuid ?? 'UUID';
}

/** Predicts the loss of what it is independent of now, as if it were centralized already. */
function thenOf(
  flows: readonly ExternalFlow[],
  independentOf: readonly Independence[],
  { predict, nodeName }: World,
): string {
  const gateways = independentOf.find((each) => each.of === 'gateways')?.failures;
  const general = 'it then lives on the active gateway node';
  if (!gateways) return general;
  const centralized = flows.map((flow): ExternalFlow => ({ ...flow, placement: 'centralized' }));
  const { verdicts } = predict([gateways], centralized);
  if (!verdicts.some((verdict) => effectOf(verdict) === 'lost')) return general;
  const names = gateways.flatMap((each) => ('node' in each ? nodeName(each.node) : []));
  return `${general} and is lost when ${names.join(' and ')} ${names.length > 1 ? 'die together' : 'dies'}`;
}
