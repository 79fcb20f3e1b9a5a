import { formatRef, type OvnFip, refOf } from '@berth/api';
import { familyOf } from '@berth/net';
import { runsAtWorkload } from '../compile/floating-ip.ts';
import type { ObjectRef } from '../finding/finding.ts';
import type { FloatingIpIntent, VpcIntent } from '../intent/intent.ts';
import { podOfPort } from '../intent/pod.ts';
import { conditionsOf } from './condition.ts';
import { broken, errorBehind, errorOf, pending, programmed, type Verdict } from './verdict.ts';
import { nodeOf, type View } from './view.ts';

type FipStatus = NonNullable<OvnFip['status']>;

/** What a floating IP shows: what is programmed for it, and the node that answers for it now. */
export function floatingIpStatus(fip: OvnFip, view: View): FipStatus {
  const programmedFip = view.floatingIps.get(fip.metadata.name);
  const error = errorOf(refOf(fip), view.findings);
  if (!programmedFip) {
    const needed = neededBy(fip, view);
    const verdict =
      error ??
      errorBehind(needed, view.findings) ??
      pending(`waits for ${formatRef(needed[0])} and its target`);
    return { ready: false, conditions: conditionsOf(fip, verdict, view) };
  }
  const answer = answerOf(programmedFip.fip, programmedFip.vpc, view);
  const verdict = error ?? answer.verdict;
  return {
    ...addressesOf(programmedFip.fip, programmedFip.vpc),
    ready: verdict.ready,
    placement: programmedFip.fip.placement.effective,
    berth: error ? undefined : answer.node,
    conditions: conditionsOf(fip, verdict, view),
  };
}

function addressesOf(fip: FloatingIpIntent, vpc: VpcIntent): FipStatus {
  const { pairs, mac, subnet } = fip;
  const v4 = pairs.find(({ external }) => familyOf(external) === 'IPv4');
  const v6 = pairs.find(({ external }) => familyOf(external) === 'IPv6');
  const routerPort = vpc.attachments.find((each) => each.subnet === subnet);
  return {
    vpc: vpc.name,
    v4Eip: v4?.external,
    v6Eip: v6?.external,
    v4Ip: v4?.logical,
    v6Ip: v6?.logical,
    macAddress: runsAtWorkload(fip, vpc) ? mac : routerPort?.mac,
  };
}

/** Who answers: the chassis that claims the workload's port, or the one that claims the router port's gateway. */
function answerOf(
  fip: FloatingIpIntent,
  vpc: VpcIntent,
  view: View,
): { readonly verdict: Verdict; readonly node: string | undefined } {
  const local = runsAtWorkload(fip, vpc);
  const attachment = vpc.attachments.find((each) => each.subnet === fip.subnet);
  const how = fip.placement.effective;
  if (!attachment) {
    const routerPort = { kind: 'OvnEip', name: `${vpc.name}-${fip.subnet}` };
    const waits = pending(`waits for the port of ${formatRef(vpc.ref)} on subnet/${fip.subnet}`);
    return { verdict: errorBehind([routerPort], view.findings) ?? waits, node: undefined };
  }
  if (!local && attachment.gateways.length === 0) {
    const message = `${how}: no node can carry external traffic of ${formatRef(vpc.ref)} to subnet/${fip.subnet}`;
    return { verdict: broken('no-gateway', message), node: undefined };
  }
  const port = local ? (fip.target.port ?? '') : `cr-${vpc.name}-${fip.subnet}`;
  const chassis = view.fabric.claims.get(port);
  if (chassis === undefined) {
    return { verdict: pending(`${how}: no chassis has claimed port ${port} yet`), node: undefined };
  }
  const node = nodeOf(view, chassis);
  const network = view.externals.get(fip.subnet)?.provider ?? '';
  if (view.fabric.chassis.get(chassis)?.mappings.has(network)) {
    return { verdict: programmed(`${how}: ${node} answers`), node };
  }
  const message = `${how}: ${node} should answer but has no bridge for network ${network}`;
  return { verdict: broken('no-bridge-mapping', message), node: undefined };
}

/** Without these objects a floating IP cannot be programmed. */
function neededBy(
  { spec }: OvnFip,
  { lookup, defaultExternalSubnet }: View,
): readonly [ObjectRef, ...ObjectRef[]] {
  const eip = lookup.OvnEip.get(spec.ovnEip);
  const ip = lookup.IP.get(spec.ipName ?? '');
  const pod = podOfPort(spec.ipName ?? '', lookup);
  const vpc = lookup.Vpc.get(spec.vpc ?? lookup.Subnet.get(ip?.spec.subnet ?? '')?.spec.vpc ?? '');
  const subnets = [eip && (eip.spec.externalSubnet || defaultExternalSubnet), ip?.spec.subnet];
  return [
    { kind: 'OvnEip', name: spec.ovnEip },
    ...(spec.ipName ? [{ kind: 'IP', name: spec.ipName }] : []),
    ...(pod ? [refOf(pod)] : []),
    ...subnets.flatMap((name) => (name ? [{ kind: 'Subnet', name }] : [])),
    ...(vpc ? [refOf(vpc)] : []),
  ];
}
