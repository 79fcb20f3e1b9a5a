import { formatRef, type OvnDnatRule, type OvnSnatRule, refKey } from '@berth/api';
import { contains, parseIp } from '@berth/net';
import type { ObjectRef } from '../finding/finding.ts';
import type { FloatingIpIntent, PortForwardIntent, SourceNatIntent, VpcIntent } from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { isInTheWay } from './in-the-way.ts';
import { brokenBy, errorOf, type Verdict } from './verdict.ts';
import type { View } from './view.ts';

/** What an address of a VPC on an external subnet cannot work without. */
export type Need = {
  readonly vpc: VpcIntent;
  /** The external subnet. */
  readonly subnet: string;
  /** The workload's port; undefined where it is not about a port. */
  readonly target?: string | undefined;
  /** An address or a network inside, where no port is named. */
  readonly logical?: string | undefined;
};

/** The verdict over what needs rows that are not there or are somebody else's, by the object that is to have them; undefined where all are there. */
export function heldUp(need: Need, view: View): Verdict | undefined {
  if (view.inTheWay.size === 0) return undefined;
  const { vpc, subnet } = need;
  const inside = insideOf(need, view);
  return (
    (need.target === undefined ? undefined : behind({ kind: 'IP', name: need.target }, view)) ??
    (inside === undefined ? undefined : behind({ kind: 'Subnet', name: inside }, view)) ??
    behindVpc(vpc.ref, () => portRows(vpc.name, subnet, view), view) ??
    behind({ kind: 'Subnet', name: subnet }, view)
  );
}

/**
 * The error that a rule shows which is programmed: of its own rows, of those it needs, any other. What is in the way of a row is why the analysis
 * finds the rule broken, and goes before that.
 */
export function errorOfRule(rule: ObjectRef, need: Need, view: View): Verdict | undefined {
  const { findings } = view;
  return errorOf(rule, findings, isInTheWay) ?? heldUp(need, view) ?? errorOf(rule, findings);
}

/** The same for a subnet of a VPC, which needs the router. */
export function subnetHeldUp(vpc: VpcIntent, view: View): Verdict | undefined {
  if (view.inTheWay.size === 0) return undefined;
  return behindVpc(vpc.ref, () => routerRows(vpc.name, view), view);
}

export function needOfFip({ subnet, target, pairs }: FloatingIpIntent, vpc: VpcIntent): Need {
  return { vpc, subnet, target: target.port, logical: pairs[0]?.logical };
}

/** `target` is the port that the rule names, if it names one. */
export function needOfSource({ subnet, pairs }: SourceNatIntent, vpc: VpcIntent, target?: string): Need {
  return { vpc, subnet, target, logical: pairs[0]?.logical };
}

/** `target` is the port that the rule names, if it names one. */
export function needOfForward(
  { subnet, forwards }: PortForwardIntent,
  vpc: VpcIntent,
  target?: string,
): Need {
  return { vpc, subnet, target, logical: forwards[0]?.logical.ip };
}

/** The port that a rule names as its workload's; undefined where it names none. */
export function sourcePort({ spec }: OvnSnatRule, { source }: SourceNatIntent): string | undefined {
  return source.field === 'spec.ipName' ? spec.ipName : undefined;
}

/** The same of a forwarded port; a Vip has no port. */
export function forwardPort({ spec }: OvnDnatRule, { target }: PortForwardIntent): string | undefined {
  return target.field === 'spec.ipName' && spec.ipType !== 'vip' ? spec.ipName : undefined;
}

/** What a rule needs that is programmed; undefined for one that is not. */
export function needOfRule({ kind, name }: ObjectRef, view: View): Need | undefined {
  const [fip, source, forward] = [
    kind === 'OvnFip' ? view.floatingIps.get(name) : undefined,
    kind === 'OvnSnatRule' ? view.sourceNats.get(name) : undefined,
    kind === 'OvnDnatRule' ? view.portForwards.get(name) : undefined,
  ];
  if (fip) return needOfFip(fip.fip, fip.vpc);
  const [ofSource, ofForward] = [view.lookup.OvnSnatRule.get(name), view.lookup.OvnDnatRule.get(name)];
  if (source && ofSource) return needOfSource(source.rule, source.vpc, sourcePort(ofSource, source.rule));
  return forward && ofForward
    ? needOfForward(forward.rule, forward.vpc, forwardPort(ofForward, forward.rule))
    : undefined;
}

function behind(object: ObjectRef, { inTheWay }: View): Verdict | undefined {
  const error = errorOf(object, inTheWay, isInTheWay);
  return error && { ...error, message: `${formatRef(object)}: ${error.message}` };
}

/**
 * The same of a VPC, which has rows that not everybody needs, as its routes: a clash counts if it is about one of `rows`, by
 * their UUIDs. Without an NB to look at every one does.
 */
function behindVpc(
  vpc: ObjectRef,
  rowsOf: () => readonly string[] | undefined,
  { inTheWay }: View,
): Verdict | undefined {
  const known = inTheWay.get(refKey(vpc));
  if (!known) return undefined;
  const needed = rowsOf();
  const found = known.find(
    ({ code, rows }) =>
      code === 'transaction-refused' ||
      needed === undefined ||
      rows.some(({ uuid }) => needed.includes(uuid)),
  );
  return found && brokenBy({ ...found, message: `${formatRef(vpc)}: ${found.message}` });
}

/**
 * The UUIDs of the rows by which a router is on an external subnet, whoever made them; undefined where no NB is known. Who is a gateway of it is
 * told of the VPC: with a member of somebody else's in the group the addresses work, and who answers is seen.
 */
function portRows(vpc: string, subnet: string, view: View): readonly string[] | undefined {
  const { northbound } = view.fabric;
  if (!northbound) return undefined;
  const ports = northbound.table('Logical_Router_Port').find({ name: routerPortName(vpc, subnet) });
  const switchPorts = northbound.table('Logical_Switch_Port').find({ name: `${subnet}-${vpc}` });
  return [
    ...(routerRows(vpc, view) ?? []),
    ...ports.map(({ _uuid }) => _uuid),
    ...switchPorts.map(({ _uuid }) => _uuid),
  ];
}

/** The UUIDs of the routers of a name, whoever made them; undefined where no NB is known. */
function routerRows(vpc: string, { fabric: { northbound } }: View): readonly string[] | undefined {
  if (!northbound) return undefined;
  return [...northbound.table('Logical_Router')].flatMap(({ _uuid, name }) => (name === vpc ? _uuid : []));
}

/** The subnet that what is needed is inside of; undefined where that is not known. */
function insideOf({ vpc, target, logical }: Need, { lookup }: View): string | undefined {
  const named = target === undefined ? undefined : lookup.IP.get(target)?.spec.subnet;
  if (named !== undefined || logical === undefined) return named;
  const [address = ''] = logical.split('/');
  const ip = parseIp(address);
  return vpc.subnets.find(({ networks }) =>
    networks.some(({ cidr }) => ip !== undefined && contains(cidr, ip)),
  )?.name;
}
