import { contains, type Ip, prefixLengthOf } from '@berth/net';
import type { Fabric } from './fabric.ts';
import { frozenChassis, keepsFlows, saysOf } from './frozen.ts';
import { nodeName } from './node-name.ts';
import type { Overtaken } from './overtaken.ts';
import { type Stray, straysNear } from './strays.ts';

/** Packets that are to leave by a gateway: of an address, or of all that a rule is for. */
export type Leaving = {
  readonly router: string;
  readonly address: Ip;
  /** How long the prefix is by which a rule translates them; -1 for what is not translated. */
  readonly prefix: number;
  /** The external switch that they leave to. */
  readonly switchName: string;
  /** That they pass the node of their workload and no gateway there: a floating IP alone is translated there. */
  readonly isAtWorkload?: boolean;
};

/**
 * What takes packets from the way out that NB has for them where they pass a chassis that stands still; undefined where nothing does. Of two
 * prefixes the longer one counts (ovn-nb(5), NAT logical_ip), and a floating IP goes before source NAT.
 */
export function strayedAt(fabric: Fabric, chassis: string, leaving: Leaving): Overtaken | undefined {
  const { switchName, router, address } = leaving;
  const near = straysNear(fabric, { chassis, switchName }, router, address);
  const meant = near.filter((each) => mayTake(each, leaving));
  const [found] = meant.toSorted((left, right) => rank(right, leaving) - rank(left, leaving));
  if (found === undefined) return undefined;
  const { ip, inner } = found;
  const [node, why] = [nodeName(fabric, chassis), frozenChassis(fabric).get(chassis) ?? ''];
  const isTold = inner !== undefined && rank(found, leaving) > leaving.prefix;
  const what = isTold
    ? `${node} stands still and translates ${leaving.address} to ${ip} as before`
    : `${node} stands still and may translate ${leaving.address} to ${ip} as before`;
  const isCertain = isTold && saysOf(fabric, chassis, keepsFlows);
  return { chassis, node, what: `${what}: ${why}`, isCertain };
}

/** The same on the node that has the port of their workload. */
export function strayedAtWorkload(fabric: Fabric, port: string, leaving: Leaving): Overtaken | undefined {
  const own = fabric.claims.get(port);
  return own === undefined ? undefined : strayedAt(fabric, own, { ...leaving, isAtWorkload: true });
}

/** Whether a chassis may translate packets by what it has from before, and not by the rule for them. */
function mayTake({ ip, inner }: Stray, leaving: Leaving): boolean {
  if (ip.includes(':') !== leaving.address.includes(':')) return false;
  if (inner === undefined) return true;
  if (leaving.isAtWorkload && !inner.isFloating) return false;
  if (inner.router !== leaving.router || !contains(inner.network, leaving.address)) return false;
  return inner.isFloating || prefixLengthOf(inner.network) >= leaving.prefix;
}

/** The higher one wins; of two equal ones it is chance. */
function rank({ inner }: Stray, { prefix }: Leaving): number {
  if (inner === undefined) return prefix;
  return inner.isFloating ? Number.POSITIVE_INFINITY : prefixLengthOf(inner.network);
}
