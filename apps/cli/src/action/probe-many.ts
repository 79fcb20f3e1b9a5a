import type { ResourceSet } from '@berth/api';
import type { FloatingIpIntent, Intent, Target } from '@berth/core';
import { type Ip, parseIp } from '@berth/net';
import { podOfPort } from './probe-connection.ts';
import { fipProbings } from './probe-fip.ts';
import { connectionsThrough, idleSourceNats, type RulesOf } from './probe-rule.ts';
import type { Known, Packets } from './probing.ts';

/** A target that stands for all floating IPs and rules of it. */
export type ManyTarget =
  | { readonly kind: 'vpc' | 'subnet'; readonly name: string }
  | Extract<Target, { readonly kind: 'nat' }>;

/** Whatever objects ask for behind a target. */
export function manyPackets(target: ManyTarget, known: Known): Packets {
  const { intent, resources } = known;
  const { isMeant, address, rules } = meantBy(target, intent, resources);
  const probings = intent.vpcs
    .flatMap(({ name, floatingIps }) => floatingIps.filter((fip) => isMeant(name, fip)))
    .flatMap((fip) => fipProbings(fip, known))
    .filter((each) => address === undefined || each.address === address);
  if (!rules) return { probings, connections: [] };
  // Of some pods only those rules are meant that their packets pass.
  const idle = rules.pods ? [] : idleSourceNats(rules, known);
  return {
    ...{ probings, connections: connectionsThrough(rules, known) },
    ...(idle.length > 0 && { untried: idle.join('; ') }),
  };
}

/** What of the objects a target means. */
type Meant = {
  readonly isMeant: (vpc: string, fip: FloatingIpIntent) => boolean;
  /** Of floating IPs of two families the one that is meant; undefined where both are. */
  readonly address?: Ip;
  /** Undefined where no rule is meant. */
  readonly rules?: RulesOf;
};

function meantBy(target: ManyTarget, intent: Intent, resources: ResourceSet): Meant {
  if (target.kind === 'vpc') return { isMeant: (vpc) => vpc === target.name, rules: { vpc: target.name } };
  if (target.kind === 'nat') return meantByRow(target);
  const { name } = target;
  if (intent.externals.some((external) => external.name === name))
    return { isMeant: (_, { subnet }) => subnet === name, rules: { external: name } };
  const subnets = intent.vpcs.flatMap((vpc) => vpc.subnets.filter((subnet) => subnet.name === name));
  const ports = new Set(subnets.flatMap((subnet) => subnet.ports.map((port) => port.name)));
  const pods = new Set([...ports].flatMap((port) => podOfPort(port, resources) ?? []));
  return { isMeant: (_, { target: { port } }) => port !== undefined && ports.has(port), rules: { pods } };
}

function meantByRow({ router, type, externalIp }: Extract<Target, { kind: 'nat' }>): Meant {
  const address = parseIp(externalIp);
  if (address === undefined) return { isMeant: () => false };
  if (type !== 'dnat_and_snat') {
    const kind = type === 'snat' ? 'OvnSnatRule' : 'OvnDnatRule';
    return { isMeant: () => false, rules: { vpc: router, address, kind } };
  }
  const isMeant: Meant['isMeant'] = (vpc, { pairs }) =>
    vpc === router && pairs.some(({ external }) => external === address);
  return { isMeant, address };
}
