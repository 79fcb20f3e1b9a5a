import { formatRef, type ResourceSet } from '@berth/api';
import type { Intent, ObjectRef, PortForwardIntent, SourceNatIntent, VpcIntent } from '@berth/core';
import type { Ip } from '@berth/net';
import { CliFault } from '../context/cli-fault.ts';
import { firstOfEach, gatewayFor, podOfPort, translatedIn, wayOut } from './probe-connection.ts';
import type { Connection, Known } from './probing.ts';

/** An SNAT or DNAT rule. */
export type RuleRef = ObjectRef & { readonly kind: 'OvnSnatRule' | 'OvnDnatRule' };

/** The connections that show an SNAT or DNAT rule, one at least. Throws CliFault `cannot-tell`. */
export function connectionsOf(ref: RuleRef, known: Known): readonly Connection[] {
  const isSnat = ref.kind === 'OvnSnatRule';
  const all = isSnat ? throughSnat(ref, known) : throughDnat(ref, known);
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
function throughSnat({ name }: ObjectRef, known: Known): readonly Connection[] | undefined {
  const vpc = known.intent.vpcs.find(({ sourceNats }) => sourceNats.some((each) => each.name === name));
  const rule = vpc?.sourceNats.find((each) => each.name === name);
  return vpc && rule && firstOfEach(waysOut(vpc, rule, known));
}

/** Out of every pod whose packets a rule translates. */
function waysOut(
  vpc: VpcIntent,
  rule: SourceNatIntent,
  { intent, resources, rows }: Known,
): readonly Connection[] {
  const isOf = translatedIn(vpc, rows);
  const sources = vpc.subnets.flatMap(({ ports }) =>
    ports.flatMap(({ name, addresses }) => addresses.map((ip) => ({ ip, pod: podOfPort(name, resources) }))),
  );
  return rule.pairs.flatMap(({ external, logical }) => {
    const to = gatewayFor(intent, rule.subnet, external);
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

/** The connections through every rule that is programmed there, each SNAT rule with one pod for each address family. */
export function connectionsThrough(wanted: RulesOf, known: Known): readonly Connection[] {
  const isOfPod = (pod: string): boolean => wanted.pods?.has(pod) ?? true;
  return rulesOf(wanted, known.intent).flatMap(({ vpc, portForwards, sourceNats }) => [
    ...portForwards.flatMap((rule) =>
      waysIn(vpc, rule, known.resources).filter(
        ({ to, backends }) =>
          isOfAddress(wanted, rule.eip, to) && backends.some(({ place }) => isOfPod(place)),
      ),
    ),
    ...sourceNats.flatMap((rule) => {
      const ways = waysOut(vpc, rule, known);
      return firstOfEach(
        ways.filter(({ seenAs, from }) => isOfAddress(wanted, rule.eip, seenAs) && isOfPod(from)),
      );
    }),
  ]);
}

/** The SNAT rules that are programmed there and that nothing shows: no pod's packets leave by them. One sentence each. */
export function idleSourceNats(wanted: RulesOf, known: Known): readonly string[] {
  return rulesOf(wanted, known.intent).flatMap(({ vpc, sourceNats }) =>
    sourceNats
      .filter((rule) => rule.pairs.some(({ external }) => isOfAddress(wanted, rule.eip, external)))
      .filter((rule) => waysOut(vpc, rule, known).length === 0)
      .map(({ ref }) => noPodBehind(ref).message),
  );
}

/** That a rule of a public address has no pod behind it; undefined where the address has no rule. */
export function idleRule(wanted: RulesOf, intent: Intent): CliFault | undefined {
  const [idle] = rulesOf(wanted, intent).flatMap(({ portForwards, sourceNats }) => [
    ...portForwards.filter((rule) =>
      rule.forwards.some(({ external }) => isOfAddress(wanted, rule.eip, external.ip)),
    ),
    ...sourceNats.filter((rule) =>
      rule.pairs.some(({ external }) => isOfAddress(wanted, rule.eip, external)),
    ),
  ]);
  return idle && noPodBehind(idle.ref);
}

function isOfAddress({ eip, address }: RulesOf, own: ObjectRef, external: Ip | undefined): boolean {
  return eip === undefined ? address === undefined || external === address : own.name === eip;
}

function rulesOf(wanted: RulesOf, { vpcs }: Intent) {
  return vpcs.filter((vpc) => isSameOrAny(vpc.name, wanted.vpc)).map((vpc) => ofVpc(vpc, wanted));
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
  { intent: { vpcs }, resources }: Known,
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
    const backends = [{ place: pod, port: logical.port }];
    const ends = { from: 'outside', to: external.ip, port: external.port, backends } as const;
    return [{ direction: 'inbound', protocol, ...ends, seenAs: undefined }];
  });
}
