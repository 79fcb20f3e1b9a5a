import {
  allowedNamespacesAnnotation,
  formatRef,
  logicalSwitchAnnotation,
  type OvnEip,
  type Pod,
  type Rule,
  refOf,
  type Subnet,
} from '@berth/api';
import { contains, type Ip, overlaps, parseCidr, parseIp } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { ipsBySubnet } from './ips-by-subnet.ts';
import { isTerminating, type Lookup } from './lookup.ts';
import { podOf } from './own-object.ts';
import { podOfPort } from './port-holder.ts';
import { sourceVpcOf } from './source-vpc.ts';
import { storedIps } from './stored-ips.ts';
import type { SurveyedSubnet } from './subnet.ts';
import type { Survey } from './surveyed.ts';
import { vipAddresses } from './vip.ts';

/** Somebody who would use an EIP; the namespace is undefined where nothing tells it. */
type User = {
  readonly what: string;
  readonly field: string;
  readonly namespace: string | undefined;
  /** A pod that is where it is not meant to be. */
  readonly stray?: Pod | undefined;
};

/** The namespaces that an EIP is granted to; undefined where every one may use it. */
export function grantOf({ metadata }: OvnEip): readonly string[] | undefined {
  const names = metadata.annotations[allowedNamespacesAnnotation]?.split(',').map((each) => each.trim());
  return names?.includes('*') ? undefined : names?.filter((each) => each !== '');
}

/**
 * Why a rule may not use an EIP: a namespace uses it when an address of its pods does. An address that nobody is known
 * to have is granted nothing, since anybody may get it.
 */
export function notGranted(rule: Rule, eip: OvnEip, survey: Survey): Finding | undefined {
  const granted = grantOf(eip);
  if (!granted) return undefined;
  const stranger = usersOf(rule, survey).find(
    ({ namespace }) => namespace === undefined || !granted.includes(namespace),
  );
  if (!stranger) return undefined;
  const { what, field, namespace, stray } = stranger;
  const moving = stray ? `${partingOf(stray)}, ` : '';
  const name = formatRef(refOf(eip));
  const to = granted.length === 0 ? 'no namespace' : granted.join(' and ');
  return finding('eip-not-granted', {
    object: refOf(rule),
    field,
    message: `${name} is granted to ${to}, and ${namespace === undefined ? `nothing tells the namespace of ${what}` : `${what} is in namespace ${namespace}`}`,
    cure:
      namespace === undefined
        ? 'name a pod by spec.ipName or a subnet whose spec.namespaces are granted, or use another EIP'
        : `${moving}add ${namespace} to the annotation ${allowedNamespacesAnnotation} of ${name}, or use another EIP`,
    related: [refOf(eip), ...(stray ? [refOf(stray)] : [])],
  });
}

/** How a pod comes off a subnet. */
function partingOf(pod: Pod): string {
  const ref = formatRef(refOf(pod));
  return isTerminating(pod)
    ? `wait until ${ref} is gone, which is being deleted`
    : `let ${ref} name another subnet and make it anew`;
}

function usersOf(rule: Rule, survey: Survey): readonly User[] {
  if (rule.kind !== 'OvnSnatRule') return usersOfTarget(rule, survey);
  const { v4IpCidr, v6IpCidr, vpcSubnet, ipName } = rule.spec;
  if (v4IpCidr || v6IpCidr) {
    const inside = sourceVpcOf(rule.spec, survey.lookup, survey.subnets);
    return [
      ...usersInNetwork(v4IpCidr, 'spec.v4IpCidr', inside, survey),
      ...usersInNetwork(v6IpCidr, 'spec.v6IpCidr', inside, survey),
    ];
  }
  const subnet = survey.lookup.Subnet.get(vpcSubnet ?? '');
  if (subnet) return usersInSubnet(subnet, 'spec.vpcSubnet', survey.lookup, () => true);
  return ipName ? [workload(ipName, survey.lookup)] : [];
}

function usersOfTarget(rule: Exclude<Rule, { kind: 'OvnSnatRule' }>, survey: Survey): readonly User[] {
  const { ipName, ipType, vpc, v4Ip, v6Ip } = rule.spec;
  if (ipName && ipType === 'vip') {
    const vip = survey.lookup.Vip.get(ipName);
    return vip
      ? [{ what: `vip/${ipName}`, field: 'spec.ipName', namespace: vip.spec.namespace || undefined }]
      : [];
  }
  if (ipName) return [workload(ipName, survey.lookup)];
  return [
    ...(v4Ip ? [userOfAddress(v4Ip, 'spec.v4Ip', vpc, survey)] : []),
    ...(v6Ip ? [userOfAddress(v6Ip, 'spec.v6Ip', vpc, survey)] : []),
  ];
}

/**
 * A workload by the name of its IP, which is `<pod>.<namespace>` and says it also before there is a pod. A pod that is
 * there says it better than an IP, which somebody may have written.
 */
function workload(ipName: string, lookup: Lookup): User {
  const dot = ipName.lastIndexOf('.');
  const named = dot < 0 ? undefined : ipName.slice(dot + 1);
  const { metadata } = podOfPort(ipName, lookup) ?? {};
  const namespace = metadata?.namespace || lookup.IP.get(ipName)?.spec.namespace || named;
  return { what: ipName, field: 'spec.ipName', namespace };
}

function userOfAddress(text: string, field: string, vpc: string | undefined, survey: Survey): User {
  const ip = parseIp(text);
  const holder = (ip && holdersOf(survey.lookup).get(ip))?.find(
    ({ subnet }) => vpc !== undefined && survey.subnets.get(subnet)?.vpc === vpc,
  );
  return { what: text, field, namespace: holder?.namespace };
}

/** Those who have an address in a network, or may get one there. */
function usersInNetwork(
  text: string | undefined,
  field: string,
  vpc: string | undefined,
  survey: Survey,
): readonly User[] {
  if (!text) return [];
  const cidr = parseCidr(text);
  if (!cidr) return [userOfAddress(text, field, vpc, survey)];
  const isInside = (each: SurveyedSubnet): boolean =>
    each.vpc !== undefined && each.vpc === vpc && each.networks.some((one) => overlaps(one.cidr, cidr));
  const inside = [...survey.subnets.values()].filter(isInside);
  if (inside.length === 0) return [{ what: text, field, namespace: undefined }];
  return inside.flatMap(({ subnet }) =>
    usersInSubnet(subnet, field, survey.lookup, (ip) => contains(cidr, ip)),
  );
}

/**
 * The namespaces that a subnet is bound to, and whoever else has an address there: a pod may name any subnet. The default one is everybody's.
 * Whoever has none yet does not get one there, see `sourceGrants`.
 */
function usersInSubnet(
  { metadata, spec }: Subnet,
  field: string,
  lookup: Lookup,
  isMeant: (ip: Ip) => boolean,
): readonly User[] {
  const what = `subnet/${metadata.name}`;
  const bound = boundNamespaces({ metadata, spec }, lookup);
  if (bound.length === 0 || spec.default === true) return [{ what, field, namespace: undefined }];
  const known = [...new Set(bound)].map((namespace) => ({ what, field, namespace }));
  const inside = (ipsBySubnet(lookup.IP).get(metadata.name) ?? [])
    .filter((ip) => storedIps(ip).some(isMeant))
    .map((ip): User => ({ ...workload(ip.metadata.name, lookup), field, stray: podOf(ip, lookup) }))
    .filter(({ namespace }) => namespace !== undefined && !bound.includes(namespace));
  return [...known, ...inside.map((each) => ({ ...each, what: `${each.what} on ${what}` }))];
}

/** The namespaces whose pods come to a subnet without naming it themselves, where it is not the default one. */
export function boundNamespaces(
  { metadata, spec }: Pick<Subnet, 'metadata' | 'spec'>,
  { Namespace }: Pick<Lookup, 'Namespace'>,
): readonly string[] {
  const annotated = [...Namespace.values()].filter(
    (each) => each.metadata.annotations[logicalSwitchAnnotation] === metadata.name,
  );
  return [...(spec.namespaces ?? []), ...annotated.map((each) => each.metadata.name)];
}

type Holder = { readonly subnet: string; readonly namespace: string | undefined };

/** Who has which address inside, found out once for a listing. */
function holdersOf({ IP, Vip }: Lookup): ReadonlyMap<Ip, readonly Holder[]> {
  const known = holders.get(IP);
  if (known) return known;
  const ofIps = [...IP.values()].flatMap((each) => {
    const { subnet = '', namespace } = each.spec;
    return storedIps(each).map((ip) => [ip, { subnet, namespace: namespace || undefined }] as const);
  });
  const ofVips = [...Vip.values()].flatMap((each) => {
    const { subnet, namespace } = each.spec;
    return vipAddresses(each).map((ip) => [ip, { subnet, namespace: namespace || undefined }] as const);
  });
  const found = new Map<Ip, Holder[]>();
  for (const [ip, holder] of [...ofIps, ...ofVips]) found.set(ip, [...(found.get(ip) ?? []), holder]);
  holders.set(IP, found);
  return found;
}

const holders = new WeakMap<Lookup['IP'], ReadonlyMap<Ip, readonly Holder[]>>();
