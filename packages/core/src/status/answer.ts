import { formatRef, refOf } from '@berth/api';
import { isVouchedFor } from '../fabric/frozen.ts';
import { knowsNobody } from '../fabric/neighbours.ts';
import { list } from '../finding/list.ts';
import { gatewayCure } from '../intent/gateway/gateway-cure.ts';
import type { AttachmentIntent, VpcIntent } from '../intent/intent.ts';
import { valuesOf } from '../intent/object/policy-values.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { heldUp, type Need } from './held-up.ts';
import { leavingPod, type PodAway, podAway, untilGone } from './pod-away.ts';
import { broken, errorBehind, kept, pending, programmed, untold, type Verdict } from './verdict.ts';
import { nodeOf, type View } from './view.ts';

/** What is answered for: an address of a VPC on an external subnet, and how. */
export type Question = Need & {
  /** Word for it in messages. */
  readonly how: string;
  /** The workload's port whose chassis answers; undefined when the active gateway does. */
  readonly port: string | undefined;
};

/** A chassis that goes on with the flows of an earlier time, and why. */
export type FrozenAt = {
  readonly chassis: string;
  readonly why: string;
  /** That something tells that it is not dead. */
  readonly isVouchedFor: boolean;
  /** That it has nobody to send to. */
  readonly knowsNobody: boolean;
};

/** `frozen` says of the node that it goes on with the flows of an earlier time, where it does. */
export type Answer = {
  readonly verdict: Verdict;
  readonly node: string | undefined;
  readonly frozen?: FrozenAt | undefined;
};

/** Who answers, and whether it leads anywhere: the chassis that claims the workload's port, or the one that claims the router port's gateway.
 * Where rows that it takes are somebody else's nobody is said to. */
export function answerOf(question: Question, view: View): Answer {
  const { vpc, subnet, how, port: local } = question;
  const attachment = vpc.attachments.find((each) => each.subnet === subnet);
  if (!attachment) {
    const routerPort = { kind: 'OvnEip', name: routerPortName(vpc.name, subnet) };
    const waits = pending(`waits for the port of ${formatRef(vpc.ref)} on subnet/${subnet}`);
    return { verdict: errorBehind([routerPort], view.findings) ?? waits, node: undefined };
  }
  const held = heldUp(question, view);
  if (held) return { verdict: held, node: undefined };
  if (local === undefined && attachment.gateways.length === 0) {
    const message = `${how}: no node can carry external traffic of ${formatRef(vpc.ref)} to subnet/${subnet}`;
    return {
      verdict: broken('no-gateway', message, gatewayCure(valuesOf(view.policies.get(vpc.name)))),
      node: undefined,
    };
  }
  const port = local ?? `cr-${routerPortName(vpc.name, subnet)}`;
  const chassis = view.fabric.claims.get(port);
  if (chassis === undefined) {
    const dead = local === undefined ? undefined : onDeadNode(port, view);
    if (dead) return { verdict: { ...dead, message: `${how}: ${dead.message}` }, node: undefined };
    const away = local === undefined ? undefined : podAway(port, view.lookup, view);
    const look = local === undefined ? gatewayLook(attachment, view) : workloadLook(port, view);
    const why = away?.why ?? `no chassis has claimed port ${port} yet; ${look}`;
    const unclaimed = unbound(away, `${how}: ${why}`);
    return { verdict: behindSubnet(vpc, port, view) ?? unclaimed, node: undefined };
  }
  return unheard(chassis, question, view) ?? answering(chassis, question, view);
}

/** Why the chassis that has claimed the port is not met, or may not be; undefined where nothing says so. */
function unheard(chassis: string, { subnet, how, port: local }: Question, view: View): Answer | undefined {
  const node = nodeOf(view, chassis);
  const network = view.externals.get(subnet)?.provider ?? '';
  if (!view.fabric.chassis.get(chassis)?.mappings.has(network)) {
    const message = `${how}: ${node} should answer but has no bridge for network ${network}`;
    const cure = `include ${node} in provider-network/${network}, and see that its agent runs`;
    return { verdict: broken('no-bridge-mapping', message, cure), node: undefined };
  }
  const silent =
    local === undefined ? undefined : (silence(chassis, local, view) ?? withoutFlows(chassis, view));
  const why = darkness(chassis, network, view) ?? silent;
  return (
    why && { verdict: { ...why, message: `${how}: ${why.message}` }, node: why.isUnknown ? node : undefined }
  );
}

/** That the chassis answers, and whether it leads anywhere. */
function answering(chassis: string, question: Question, view: View): Answer {
  const { vpc, how, target } = question;
  const node = nodeOf(view, chassis);
  const dead = target === undefined ? undefined : onDeadNode(target, view);
  if (dead) return { verdict: { ...dead, message: `${how}: ${node} answers, but ${dead.message}` }, node };
  if (target !== undefined && !view.fabric.claims.has(target)) {
    const away = podAway(target, view.lookup, view);
    const why =
      away?.why ?? `no chassis has claimed port ${target} of the workload; ${workloadLook(target, view)}`;
    const message = `${how}: ${node} answers, but ${why}`;
    return { verdict: behindSubnet(vpc, target, view) ?? unbound(away, message), node };
  }
  const stuck = withoutFlows(view.fabric.claims.get(target ?? ''), view);
  if (stuck) return { verdict: { ...stuck, message: `${how}: ${node} answers, but ${stuck.message}` }, node };
  return {
    verdict: programmed(`${how}: ${node} answers${withoutNode(chassis, question, view)}`),
    node,
    frozen: frozenAt(chassis, question, view),
  };
}

/** That the gateway is first though it has no Node object any more: it goes on until another one can take over, of which its VPC tells. */
function withoutNode(chassis: string, { vpc, subnet, port }: Question, { nodes }: View): string {
  if (port !== undefined || nodes.has(chassis)) return '';
  const first = vpc.attachments.find((each) => each.subnet === subnet)?.gateways[0];
  if (first?.chassis !== chassis) return '';
  return `, which has no Node any more and goes on until another gateway can take over: see ${formatRef(vpc.ref)}`;
}

/** Of a port that nobody has claimed. */
function unbound(away: PodAway | undefined, message: string): Verdict {
  return away?.isKept ? kept(message) : pending(message);
}

/** Where to look while nobody has claimed a workload's port: an interface of that name, which whoever plays kubelet makes. */
function workloadLook(port: string, { lookup }: View): string {
  const node = lookup.IP.get(port)?.spec.nodeName;
  if (node === undefined) return 'its workload has no node yet: see that the pod is scheduled';
  return `see that ${node} has an interface with external_ids:iface-id=${port}, which berth-cni makes for a pod and on a lab berth run or apply, and that ovn-controller runs there`;
}

/** The same of a router port, which one of its gateways claims. */
function gatewayLook({ gateways }: AttachmentIntent, view: View): string {
  const names = gateways.map(({ chassis }) => nodeOf(view, chassis));
  return `see that ovn-controller runs on ${list(names)}, and ovn-northd beside NB and SB`;
}

/** A gateway that died others would have taken over from. */
function frozenAt(
  chassis: string,
  { vpc, subnet, port, target = port }: Question,
  view: View,
): FrozenAt | undefined {
  const { fabric, frozen } = view;
  const why = frozen.get(chassis);
  if (why === undefined) return undefined;
  const attachment = vpc.attachments.find((each) => each.subnet === subnet);
  const others = port === undefined ? (attachment?.gateways ?? []) : [];
  const watching = others.map((each) => each.chassis).filter((each) => fabric.chassis.has(each));
  return {
    chassis,
    why,
    isVouchedFor: isVouchedFor(fabric, chassis, watching, frozen),
    knowsNobody: knowsNobody(fabric, routerPortName(vpc.name, subnet), target),
  };
}

/** What is wrong with the subnet that a port is on, which may keep it from being there at all. */
function behindSubnet({ subnets }: VpcIntent, port: string, view: View): Verdict | undefined {
  const holder = subnets.find(({ ports }) => ports.some(({ name }) => name === port));
  return holder && errorBehind([holder.ref], view.findings);
}

/** Why a chassis that should answer is not heard, by the reports of nodes; undefined where none says so. */
function darkness(chassis: string, network: string, view: View): Verdict | undefined {
  if (view.liveness.isNetworkDown(network))
    return broken(
      'network-down',
      `no node that reports reaches the outside by network ${network}`,
      'repair the physical network, or correct the targets that are asked for',
    );
  if (!view.liveness.isCutOff(chassis, network)) return undefined;
  const node = nodeOf(view, chassis);
  return broken(
    'uplink-down',
    `${node} should answer but has lost network ${network}`,
    `repair the link of ${node} to network ${network}`,
  );
}

/**
 * That a workload's node is dead, or that nobody knows whether it is alive: its agent is not heard, and of those that watch its tunnels nobody sees
 * it. What it claims is from before. Of a gateway another one takes over.
 */
function silence(chassis: string, port: string, view: View): Verdict | undefined {
  const { liveness } = view;
  const node = nodeOf(view, chassis);
  if (liveness.isDead(chassis)) return confirmedDead(node, port, view);
  if (!liveness.isLostSight(chassis)) return undefined;
  return untold(
    'chassis-stale',
    `${node} should answer, and whether it is alive is not known: its agent is not heard any more, and no node sees it by its tunnels`,
    `see whether ${node} runs`,
  );
}

/** That a workload's node forwards nothing, and will not until somebody sees to it: one whose ovn-controller runs will have its flows in a moment. */
function withoutFlows(chassis: string | undefined, view: View): Verdict | undefined {
  const { liveness } = view;
  if (chassis === undefined || !liveness.canBeFenced(chassis) || !liveness.lacksFlows(chassis))
    return undefined;
  const node = nodeOf(view, chassis);
  return broken(
    'flows-missing',
    `${node}, where its workload is, has no flows, and no ovn-controller to install them`,
    `start ovn-controller on ${node}`,
  );
}

/** That the node of a workload is dead: the one that has claimed its port or, once nobody has any more, the one that is to. */
function onDeadNode(port: string, view: View): Verdict | undefined {
  const claim = view.fabric.claims.get(port);
  const node = claim === undefined ? view.lookup.IP.get(port)?.spec.nodeName : nodeOf(view, claim);
  const chassis = claim ?? view.fabric.health?.get(node ?? '')?.chassis;
  const isDead = chassis !== undefined && view.liveness.isDead(chassis);
  return node !== undefined && isDead ? confirmedDead(node, port, view) : undefined;
}

/** A pod that is being deleted stays, with its address, until its node has ended it: nothing makes it anew. */
function confirmedDead(node: string, port: string, { lookup }: View): Verdict {
  const dead = `${node}, where its workload is, is confirmed dead`;
  const pod = leavingPod(port, lookup);
  if (!pod)
    return broken('workload-down', dead, 'bring the node back, or let the pod be made anew on another one');
  const name = formatRef(refOf(pod));
  return broken('workload-down', `${dead}, and ${name} is being deleted`, untilGone(pod, lookup));
}
