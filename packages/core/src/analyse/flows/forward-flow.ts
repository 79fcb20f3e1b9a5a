import { isSince } from '../../fabric/globals.ts';
import { list } from '../../finding/list.ts';
import { unfiltered } from '../filter/filtered.ts';
import { filtersOf } from '../filter/filters-of.ts';
import type { ExternalFlow, Obstacle, RowRef } from '../flow.ts';
import { alone } from './answering.ts';
import { mayBeGateway } from './balanced-ports.ts';
import { rivalsOf } from './balancer-rivals.ts';
import { type Behind, behind, fine } from './behind.ts';
import { assumedBy, reachOf, withPart } from './beyond.ts';
import { bridgedDoubt, portConditions } from './conditions.ts';
import { balances, type Forward, placeText, vipText } from './forward.ts';
import { balancerText, originsOf, targetOf, vipRemovalOf } from './marks.ts';
import { distributedAt, type RouterContext, type TargetFlows } from './router-context.ts';

/** The flow that a load-balancer of a router forwards to one backend. It runs on the active gateway (ovn-nb(5), Load_Balancer). */
export function forwardFlow(context: RouterContext, forward: Forward, answering = alone): TargetFlows {
  const { north, router } = context;
  const { row, vip, backend, protocol, gatewayPort, isTemplate } = forward;
  const ref: RowRef = { db: 'NB', table: 'Load_Balancer', uuid: row._uuid, name: row.name };
  const target = targetOf(row, router.name, 'dnat', vip.ip);
  const logicalIp = backend?.ip ?? '';
  const reach = isTemplate ? undefined : reachOf(context, gatewayPort, logicalIp);
  const logicalPort = router.portAt(logicalIp);
  const filtered = isTemplate
    ? unfiltered
    : filtersOf(context, {
        ...{ gatewayPort, logicalPort, logicalIp, externalIp: vip.ip },
        talk: vip.port === undefined ? undefined : { protocol, port: vip.port, innerPort: backend?.port },
      }).inbound;
  const back: Behind =
    backend === undefined || isTemplate ? fine : behind(context, logicalPort, logicalIp, ref);
  const doubt =
    rivalDoubt(context, forward) ??
    back.doubt ??
    answering.doubtOf(gatewayPort, vip.ip) ??
    bridgedDoubt(gatewayPort);
  const flow: ExternalFlow = {
    target,
    direction: 'inbound',
    kind: 'port-forward',
    router: router.name,
    externalIp: vip.ip,
    externalPort: vip.port === undefined ? undefined : { protocol, port: vip.port },
    ...(vip.port !== undefined && backend?.port !== undefined && { innerPort: backend.port }),
    logicalIp,
    logicalPort,
    placement: 'centralized',
    gatewayPort: gatewayPort.name,
    network: gatewayPort.network,
    obstacle: obstacleOf(context, forward, ref) ?? filtered.obstacle ?? back.obstacle ?? reach?.obstacle,
    ...(doubt !== undefined && { doubt }),
    assumptions: assumedBy(reach, filtered),
    ...withPart(filtered),
    conditions: [
      ...(isTemplate ? ['its addresses are templates that every chassis fills in by itself'] : []),
      ...(row.options?.get('distributed') === 'true' && isSince(north.release, 26, 3)
        ? ['every chassis forwards what reaches it, to its own backends only (distributed)']
        : []),
      ...portConditions(gatewayPort),
      ...(reach?.conditions ?? []),
    ],
    rows: [ref],
    origins: originsOf(row),
  };
  return { target, flows: [flow] };
}

/** Of several load-balancers with one virtual address OVN takes one, and which is not said anywhere. */
function rivalDoubt(context: RouterContext, forward: Forward): string | undefined {
  const rivals = rivalsOf(context, forward);
  if (rivals === undefined) return undefined;
  return `which of ${list(rivals.rows.map(balancerText))} OVN takes for ${vipText(forward)}`;
}

function obstacleOf(
  { north, router, floating, external }: RouterContext,
  { row, vip, backend, gatewayPort }: Forward,
  ref: RowRef,
): Obstacle | undefined {
  if (backend === undefined) {
    return { reason: 'nat-ignored', why: `virtual address ${placeText(vip)} has no backend`, rows: [ref] };
  }
  if (!balances({ north, router })) {
    const why = `router ${router.name} has ${router.gatewayPorts.length} gateway ports, with which OVN does no load-balancing before 24.09`;
    return { reason: 'dnat-several-gateways', why, rows: [ref] };
  }
  const own = distributedAt(external, gatewayPort.name, vip.ip);
  if (own !== undefined && !mayBeGateway(north, gatewayPort, own)) {
    const why = `${vip.ip} is a distributed floating IP too: the node of port ${own.row.logical_port} answers for it, where OVN forwards nothing of ${balancerText(row)}`;
    const cure = `take the address from the load-balancer: ${vipRemovalOf(row, placeText(vip))}`;
    return { reason: 'address-shared', why, rows: [ref, own.ref], cure };
  }
  const local = distributedAt(floating, gatewayPort.name, backend.ip);
  if (local === undefined || isSince(north.release, 23, 9)) return undefined;
  const why = `backend ${backend.ip} has the distributed floating IP ${local.externalIp}: before 23.09 its replies leave with that address`;
  return { reason: 'backend-distributed', why, rows: [ref, local.ref] };
}
