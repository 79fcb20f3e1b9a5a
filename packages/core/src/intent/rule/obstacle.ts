import { formatRef } from '@berth/api';
import type { Ip } from '@berth/net';
import type { ObjectRef } from '../../finding/finding.ts';
import type { PortForwardIntent, SourceNatIntent } from '../intent.ts';
import type { EipUse } from './eip-use.ts';
import type { Target } from './target.ts';

/** The rules of a VPC that decide where its floating IPs can run. */
export type Neighbours = {
  /** A rule that is no floating IP, by the name of its EIP. */
  readonly sharers: ReadonlyMap<string, ObjectRef>;
  /** A DNAT rule, by the address it leads to. */
  readonly forwards: ReadonlyMap<Ip, ObjectRef>;
};

/** What keeps a floating IP from being distributed, and what can be done about it. */
export type Obstacle = {
  readonly field: string;
  readonly reason: string;
  readonly cure: string;
  readonly related?: ObjectRef;
};

/** Those of them that a floating IP has to do with. */
export type Nearest = {
  readonly sharer: ObjectRef | undefined;
  readonly forward: ObjectRef | undefined;
};

/** Who shares the EIP of a floating IP, and who leads to its target. */
export function nearestOf({ eip }: EipUse, { ips }: Target, { sharers, forwards }: Neighbours): Nearest {
  const forward = forwards.size === 0 ? undefined : ips.find((ip) => forwards.has(ip));
  return { sharer: sharers.get(eip.metadata.name), forward: forward && forwards.get(forward) };
}

/** Indexes the rules of a VPC; of several the first counts. */
export function neighboursOf(
  portForwards: readonly PortForwardIntent[],
  sourceNats: readonly SourceNatIntent[],
): Neighbours {
  const forwards = portForwards.flatMap(({ ref, forwards: own }) =>
    own.map(({ logical }) => [logical.ip, ref] as const),
  );
  const sharers = [...portForwards, ...sourceNats].map(({ eip, ref }) => [eip.name, ref] as const);
  return { sharers: new Map(sharers.reverse()), forwards: new Map(forwards.reverse()) };
}

/**
 * What keeps a floating IP from running on its workload's chassis: there is none, the EIP's packets are needed at the
 * gateway by other rules, or the workload's answers are, because a port is forwarded to it as well.
 */
export function obstacleOf(
  { eip, ofRouter }: EipUse,
  { kind, field }: Target,
  { sharer, forward }: Nearest,
): Obstacle | undefined {
  if (kind !== 'port') {
    const what =
      kind === 'vip' ? 'a Vip, which has no port of its own' : 'an address without a port of a workload';
    return { field, reason: `the target is ${what}`, cure: 'name an IP object in spec.ipName' };
  }
  const name = `ovn-eip/${eip.metadata.name}`;
  const ownEip = { field: 'spec.ovnEip', cure: 'give this floating IP an EIP of its own' };
  if (ofRouter)
    return { ...ownEip, reason: `${name} is the router's own address, which lives on the gateway` };
  if (sharer) return { ...ownEip, reason: `${name} is shared with ${formatRef(sharer)}`, related: sharer };
  return (
    forward && {
      field,
      reason: `${formatRef(forward)} leads to the same workload`,
      cure: 'remove one of the two',
      related: forward,
    }
  );
}
