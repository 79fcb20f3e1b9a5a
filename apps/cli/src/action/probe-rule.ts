import { formatRef, type ResourceSet } from '@berth/api';
import type { Intent, ObjectRef, PortForwardIntent, SourceNatIntent, VpcIntent } from '@berth/core';
import { familyOf, type Ip } from '@berth/net';
import { CliFault } from '../context/cli-fault.ts';
import {
  type Connection,
  firstOfEach,
  logicalsOf,
  podOfPort,
  translatedIn,
  wayOut,
} from './probe-connection.ts';

/** An SNAT or DNAT rule. */
export type RuleRef = ObjectRef & { readonly kind: 'OvnSnatRule' | 'OvnDnatRule' };

/** The connections that show an SNAT or DNAT rule, one at least. Throws CliFault `cannot-tell`. */
export function connectionsOf(ref: RuleRef, intent: Intent, resources: ResourceSet): readonly Connection[] {
  const isSnat = ref.kind === 'OvnSnatRule';
  const all = isSnat ? throughSnat(ref, intent, resources) : throughDnat(ref, intent, resources);
  if (all === undefined)
    throw new CliFault(
      'cannot-tell',
      `${formatRef(ref)} is not programmed`,
      'see berth status for what is wrong',
    );
  if (all.length > 0) return all;
  throw noPodBehind(ref);
}

function noPodBehind(ref: ObjectRef): CliFault {
  const cure =
    ref.kind === 'OvnSnatRule' ? 'add a pod whose packets it translates' : 'let the rule lead to a pod';
  return new CliFault('cannot-tell', `there is no pod behind ${formatRef(ref)} to probe it with`, cure);
}

/** Out of a pod whose packets the rule translates, one for each address family. */
function throughSnat(
  { name }: ObjectRef,
  intent: Intent,
  resources: ResourceSet,
): readonly Connection[] | undefined {
  const vpc = intent.vpcs.find(({ sourceNats }) => sourceNats.some((each) => each.name === name));
  const rule = vpc?.sourceNats.find((each) => each.name === name);
  return vpc && rule && firstOfEach(waysOut(vpc, rule, intent, resources));
}

/** Out of every pod whose packets a rule translates. */
function waysOut(
  vpc: VpcIntent,
  rule: SourceNatIntent,
  { externals }: Intent,
  resources: ResourceSet,
): readonly Connection[] {
  const networks = externals.find((each) => each.name === rule.subnet)?.networks ?? [];
  const isOf = translatedIn(vpc, logicalsOf(vpc));
  const sources = vpc.subnets.flatMap(({ ports }) =>
    ports.flatMap(({ name, addresses }) => addresses.map((ip) => ({ ip, pod: podOfPort(name, resources) }))),
  );
  return rule.pairs.flatMap(({ external, logical }) => {
    const to = networks.find(({ gateway }) => familyOf(gateway) === familyOf(external))?.gateway;
    return sources.flatMap(({ ip, pod }) =>
      to === undefined || pod === undefined || !isOf(logical, ip) ? [] : [wayOut(pod, to, external)],
    );
  });
}

/** Whose rules are meant: all that are named, as those that lead to some pods or out of them, or those of a public address. */
export type RulesOf = {
  /** As NAMESPACE/NAME. */
  readonly pods?: ReadonlySet<string>;
  readonly eip?: string;
  readonly address?: Ip;
  readonly vpc?: string;
  /** The external subnet. */
  readonly external?: string;
  readonly kind?: RuleRef['kind'];
};

/**
 * The connections through every rule that is programmed there, each SNAT rule with one pod for each address family. Throws CliFault
 * `cannot-tell` where rules of a public address have no pod behind them.
 */
export function connectionsThrough(
  wanted: RulesOf,
  intent: Intent,
  resources: ResourceSet,
): readonly Connection[] {
  const isOfPod = (pod: string): boolean => wanted.pods?.has(pod) ?? true;
  const isOfAddress = (eip: ObjectRef, external: Ip | undefined): boolean =>
    wanted.eip === undefined
      ? wanted.address === undefined || external === wanted.address
      : eip.name === wanted.eip;
  const rules = intent.vpcs
    .filter((vpc) => isSameOrAny(vpc.name, wanted.vpc))
    .map((vpc) => ofVpc(vpc, wanted));
  const found = rules.flatMap(({ vpc, portForwards, sourceNats }) => [
    ...portForwards.flatMap((rule) =>
      waysIn(vpc, rule, resources).filter(({ to, server }) => isOfAddress(rule.eip, to) && isOfPod(server)),
    ),
    ...sourceNats.flatMap((rule) => {
      const ways = waysOut(vpc, rule, intent, resources);
      return firstOfEach(ways.filter(({ seenAs, from }) => isOfAddress(rule.eip, seenAs) && isOfPod(from)));
    }),
  ]);
  if (found.length > 0 || (wanted.eip === undefined && wanted.address === undefined)) return found;
  const [idle] = rules.flatMap(({ portForwards, sourceNats }) => [
    ...portForwards.filter((rule) =>
      rule.forwards.some(({ external }) => isOfAddress(rule.eip, external.ip)),
    ),
    ...sourceNats.filter((rule) => rule.pairs.some(({ external }) => isOfAddress(rule.eip, external))),
  ]);
  if (idle) throw noPodBehind(idle.ref);
  return [];
}

/** The rules of a VPC that are of the kind and the external subnet that are meant. */
function ofVpc(vpc: VpcIntent, { kind, external }: RulesOf) {
  const isThere = ({ subnet }: { readonly subnet: string }): boolean => isSameOrAny(subnet, external);
  const portForwards = kind === 'OvnSnatRule' ? [] : vpc.portForwards.filter(isThere);
  const sourceNats = kind === 'OvnDnatRule' ? [] : vpc.sourceNats.filter(isThere);
  return { vpc, portForwards, sourceNats };
}

function isSameOrAny(name: string, wanted: string | undefined): boolean {
  return wanted === undefined || name === wanted;
}

/** From outside to the forwarded port, one for each address family. */
function throughDnat(
  { name }: ObjectRef,
  { vpcs }: Intent,
  resources: ResourceSet,
): readonly Connection[] | undefined {
  const vpc = vpcs.find(({ portForwards }) => portForwards.some((each) => each.name === name));
  const rule = vpc?.portForwards.find((each) => each.name === name);
  return vpc && rule && waysIn(vpc, rule, resources);
}

function waysIn(
  vpc: VpcIntent,
  { protocol, forwards }: PortForwardIntent,
  resources: ResourceSet,
): readonly Connection[] {
  const ports = vpc.subnets.flatMap((subnet) => subnet.ports);
  return forwards.flatMap(({ external, logical }): Connection[] => {
    const port = ports.find(({ addresses }) => addresses.includes(logical.ip));
    const pod = port && podOfPort(port.name, resources);
    if (pod === undefined) return [];
    const ends = { from: 'outside', server: pod, to: external.ip, port: external.port } as const;
    return [{ direction: 'inbound', protocol, ...ends, serverPort: logical.port, seenAs: undefined }];
  });
}
