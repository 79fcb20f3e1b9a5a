import {
  defaultVpc,
  isRule,
  logicalSwitchAnnotation,
  type Resource,
  type ResourceSet,
  type Rule,
} from '@berth/api';
import { workloadName } from '../intent/object/port-holder.ts';
import { strangersOf } from './strangers.ts';
import { addressesIn, hasAnyOf } from './written-address.ts';

/**
 * The objects that decide about an object, without itself: the rules on the same EIP, what they lead to, whoever has or
 * wants the same address, and the networks all of these are on. It stays small, however large the cluster is.
 */
export function nearby(object: Resource, all: ResourceSet): readonly Resource[] {
  const near = addressesNear(object, all);
  const vpcs = vpcsOf([object, ...near], all);
  const isOfVpc = (name: string): boolean => [...vpcs].some((vpc) => name.startsWith(`${vpc}-`));
  const routers = all.OvnEip.filter(({ spec, metadata }) => spec.type === 'lrp' && isOfVpc(metadata.name));
  const networks: readonly Resource[] = [
    ...all.ProviderNetwork,
    ...all.Vlan,
    ...all.Vpc.filter(({ metadata }) => vpcs.has(metadata.name)),
    ...all.Subnet.filter(({ spec }) => spec.vlan || vpcs.has(spec.vpc || defaultVpc)),
    ...all.GatewayPolicy,
    ...all.Namespace.filter(({ metadata }) => metadata.annotations[logicalSwitchAnnotation] !== undefined),
    ...all.ConfigMap,
  ];
  return [...new Set([...networks, ...routers, ...near])].filter((each) => !isSame(each, object));
}

/** The objects that may use an object: for those with addresses the ones near it, for a network all, with the pods that addresses are of. */
export function users(object: Resource, all: ResourceSet): readonly Resource[] {
  const hasNeighbours = isRule(object) || ['OvnEip', 'IP', 'Vip'].includes(object.kind);
  if (hasNeighbours) return nearby(object, all);
  const { Node: _nodes, ...rest } = all;
  return Object.values(rest)
    .flat()
    .filter((each) => !isSame(each, object));
}

function addressesNear(object: Resource, all: ResourceSet): readonly Resource[] {
  const rules = rulesNear(object, all);
  const asking = [...rules, object];
  const eipNames = new Set(asking.flatMap((each) => (isRule(each) ? [each.spec.ovnEip] : [])));
  const targets = new Set(asking.flatMap((each) => (isRule(each) && each.spec.ipName) || []));
  const wanted = hasAnyOf(new Set(asking.flatMap(addressesIn)));
  const ips = all.IP.filter((each) => targets.has(each.metadata.name) || wanted.byIp(each));
  // What the object says of itself counts, and not what is stored of it: its grant may be another.
  const eips = all.OvnEip.filter(
    (each) => !isSame(each, object) && (eipNames.has(each.metadata.name) || wanted.byEip(each)),
  );
  const vips = all.Vip.filter((each) => targets.has(each.metadata.name) || wanted.byVip(each));
  const users = [...eips, ...vips].flatMap((each) => rulesNear(each, all));
  const guests = strangersOf([...asking, ...eips, ...users], all);
  const inside = [...new Set([...ips, ...guests])];
  return [...rules, ...users, ...inside, ...podsOf(inside, all), ...eips, ...vips];
}

/** The pods of IPs, with their nodes: an IP that we made would be given up without its pod. */
function podsOf(ips: ResourceSet['IP'], { Pod, Node }: ResourceSet): readonly Resource[] {
  if (ips.length === 0) return [];
  const names = new Set(ips.map(({ spec }) => spec.podName));
  const nodes = new Set(ips.map(({ spec }) => spec.nodeName));
  return [
    ...Pod.filter((pod) => names.has(workloadName(pod))),
    ...Node.filter(({ metadata }) => nodes.has(metadata.name)),
  ];
}

/** The rules on the EIP of a rule, or on an EIP, or that lead to an address inside. A source may be translated on any EIP. */
function rulesNear(object: Resource, { OvnFip, OvnDnatRule, OvnSnatRule }: ResourceSet): readonly Rule[] {
  const filtered = (test: (rule: Rule) => boolean): readonly Rule[] => [
    ...OvnFip.filter(test),
    ...OvnDnatRule.filter(test),
    ...OvnSnatRule.filter(test),
  ];
  const { name } = object.metadata;
  if (object.kind === 'OvnEip') return filtered(({ spec }) => spec.ovnEip === name);
  if (object.kind === 'Vip' || object.kind === 'IP') return filtered(({ spec }) => spec.ipName === name);
  if (!isRule(object)) return [];
  const { ovnEip } = object.spec;
  const isSource = object.kind === 'OvnSnatRule';
  return filtered((each) => each.spec.ovnEip === ovnEip || (isSource && each.kind === 'OvnSnatRule'));
}

/** The names of the VPCs that objects are of, lead to, or are about. */
function vpcsOf(objects: readonly Resource[], { Subnet, Vpc }: ResourceSet): ReadonlySet<string> {
  const bySubnet = new Map(
    Subnet.map(({ metadata, spec }) => [metadata.name, spec.vlan ? undefined : spec.vpc || defaultVpc]),
  );
  const names = objects.flatMap((each): readonly (string | undefined)[] => {
    switch (each.kind) {
      case 'Vpc':
        return [
          each.metadata.name,
          ...(each.spec.extraExternalSubnets ?? []).map((name) => bySubnet.get(name)),
        ];
      case 'Subnet':
        return each.spec.vlan ? [] : [each.spec.vpc || defaultVpc];
      case 'GatewayPolicy':
        return each.spec.targetRefs.map(({ name }) => name);
      case 'IP':
      case 'Vip':
        return [bySubnet.get(each.spec.subnet ?? '')];
      case 'OvnSnatRule':
        return [each.spec.vpc, bySubnet.get(each.spec.vpcSubnet ?? '')];
      case 'OvnFip':
      case 'OvnDnatRule':
        return [each.spec.vpc];
      case 'OvnEip':
        // The name of a router's port is that of its VPC and of the subnet.
        return [
          bySubnet.get(each.spec.externalSubnet ?? ''),
          ...Vpc.map(({ metadata }) => metadata.name).filter((vpc) =>
            each.metadata.name.startsWith(`${vpc}-`),
          ),
        ];
      default:
        return [];
    }
  });
  return new Set(names.filter((each) => each !== undefined));
}

function isSame(left: Resource, right: Resource): boolean {
  return (
    left.kind === right.kind &&
    left.metadata.name === right.metadata.name &&
    left.metadata.namespace === right.metadata.namespace
  );
}
