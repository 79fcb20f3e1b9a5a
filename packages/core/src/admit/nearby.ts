import type { KindName, Resource, ResourceByKind, ResourceSet } from '@berth/api';
import type { Rule } from '../intent/rule-book.ts';

/** The kinds that say what networks there are: few objects, and all of them count. */
const networkKinds = [
  'ProviderNetwork',
  'Vlan',
  'Vpc',
  'Subnet',
  'GatewayPolicy',
  'Namespace',
  'ConfigMap',
] as const;

/** The kinds whose objects are many, of which only those count that have to do with the object. */
const addressKinds: readonly KindName[] = ['OvnEip', 'OvnFip', 'OvnSnatRule', 'OvnDnatRule', 'IP', 'Vip'];

/**
 * The objects that decide about an object, without itself: all that say what networks there are, and of the others the
 * rules on the same EIP, what they lead to, and whoever has or wants the same address. Work on it is small, however
 * large the cluster is.
 */
export function nearby(object: Resource, all: ResourceSet): readonly Resource[] {
  const networks = networkKinds.flatMap((kind): readonly Resource[] => all[kind]);
  return [...networks, ...addressesNear(object, all)].filter((each) => !isSame(each, object));
}

/** As `nearby`, with everything that may use a network. */
export function users(object: Resource, all: ResourceSet): readonly Resource[] {
  const isAddress = addressKinds.includes(object.kind);
  const near = isAddress
    ? addressesNear(object, all)
    : addressKinds.flatMap((kind): readonly Resource[] => all[kind]);
  const networks = networkKinds.flatMap((kind): readonly Resource[] => all[kind]);
  return [...networks, ...near].filter((each) => !isSame(each, object));
}

function addressesNear(object: Resource, all: ResourceSet): readonly Resource[] {
  const rules = rulesNear(object, all);
  const eipNames = new Set([...rules, object].flatMap((each) => (isRule(each) ? [each.spec.ovnEip] : [])));
  const targets = new Set([...rules, object].flatMap(namesOf));
  const wanted = new Set([object, ...rules].flatMap(textsOf));
  const hasAddress = (each: Resource): boolean => textsOf(each).some((text) => wanted.has(text));
  const ips = all.IP.filter((each) => targets.has(each.metadata.name) || hasAddress(each));
  const podNames = new Set(ips.map(({ spec }) => `${spec.namespace}/${spec.podName}`));
  return [
    ...rules,
    ...ips,
    // An IP without its pod would be given up.
    ...all.Pod.filter(({ metadata }) => podNames.has(`${metadata.namespace}/${metadata.name}`)),
    ...all.OvnEip.filter(
      (each) => eipNames.has(each.metadata.name) || (each.spec.type ?? 'nat') !== 'nat' || hasAddress(each),
    ),
    ...all.Vip.filter((each) => targets.has(each.metadata.name) || hasAddress(each)),
  ];
}

/** The rules on the EIP of a rule, or on an EIP, or that lead to a Vip. A source may be translated on any EIP. */
function rulesNear(object: Resource, { OvnFip, OvnDnatRule, OvnSnatRule }: ResourceSet): readonly Rule[] {
  const all: readonly Rule[] = [...OvnFip, ...OvnDnatRule, ...OvnSnatRule];
  if (object.kind === 'OvnEip') return all.filter(({ spec }) => spec.ovnEip === object.metadata.name);
  if (object.kind === 'Vip')
    return all.filter((rule) => 'ipType' in rule.spec && rule.spec.ipName === object.metadata.name);
  if (!isRule(object)) return [];
  const { ovnEip } = object.spec;
  return all.filter(
    (each) => each.spec.ovnEip === ovnEip || (object.kind === 'OvnSnatRule' && each.kind === 'OvnSnatRule'),
  );
}

/** The names of what a rule leads to. */
function namesOf(object: Resource): readonly string[] {
  return isRule(object) && object.spec.ipName ? [object.spec.ipName] : [];
}

/** The addresses that an object has or wants, as they are written. */
function textsOf(object: Resource): readonly string[] {
  const texts: Texts = addressesOf[object.kind]?.(object as never) ?? [];
  return texts.filter((text): text is string => text !== undefined && text !== '');
}

type Texts = readonly (string | undefined)[];

const addressesOf: { readonly [K in KindName]?: (object: ResourceByKind[K]) => Texts } = {
  OvnEip: ({ spec, status }) => [
    ...[spec.v4Ip, spec.v6Ip, spec.macAddress],
    ...[status?.v4Ip, status?.v6Ip, status?.macAddress],
  ],
  IP: ({ spec }) => [
    spec.v4IpAddress,
    spec.v6IpAddress,
    spec.macAddress,
    ...(spec.ipAddress ?? '').split(','),
  ],
  Vip: ({ spec, status }) => [
    ...[spec.v4ip, spec.v6ip, spec.macAddress],
    ...[status?.v4ip, status?.v6ip, status?.mac],
  ],
  OvnFip: ({ spec }) => [spec.v4Ip, spec.v6Ip],
  OvnDnatRule: ({ spec }) => [spec.v4Ip, spec.v6Ip],
  OvnSnatRule: ({ spec }) => [spec.v4IpCidr, spec.v6IpCidr],
};

function isRule(object: Resource): object is Rule {
  return object.kind === 'OvnFip' || object.kind === 'OvnSnatRule' || object.kind === 'OvnDnatRule';
}

function isSame(left: Resource, right: Resource): boolean {
  return (
    left.kind === right.kind &&
    left.metadata.name === right.metadata.name &&
    left.metadata.namespace === right.metadata.namespace
  );
}
