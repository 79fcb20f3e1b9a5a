import type { NbTables } from '@berth/ovn';
import { compareText, heldRows } from '../../fabric/tables.ts';
import { parse } from '../../match/parse.ts';
import { matchOf, type Test } from '../filter/match.ts';
import type { Packet } from '../filter/packet.ts';
import { addressValue, isWithin } from './address-text.ts';
import type { North } from './north.ts';
import type { RouterView } from './router-view.ts';

export type PolicyRow = NbTables['Logical_Router_Policy'];

/** What the policies of a router do to packets (ovn-nb(5), Logical_Router_Policy). */
export type Decision = {
  /** The policy that takes all of them from the routes; undefined where the routes decide. */
  readonly taken: TakingPolicy | undefined;
  /** Policies of which it is not known whether they drop some or lead some elsewhere. */
  readonly partly: readonly PolicyRow[];
};

export type TakingPolicy = {
  readonly row: PolicyRow;
  /** None to drop it. */
  readonly nextHops: readonly string[];
  /** The router ports that these are at. */
  readonly ports: readonly string[];
};

/** Policies of a router, that go before its routes. */
export type Policies = {
  /** What becomes of what a workload sends from an address. */
  leaving(ip: string): Decision;
  /** What becomes of what comes for an address by a router port. */
  arriving(ip: string, by: string): Decision;
};

type Policy = TakingPolicy & { readonly test: Test };

const undecided: Decision = { taken: undefined, partly: [] };

/** Reads the policies of a router; undefined where there are none. */
export function policiesOf({ policy, sets }: North, router: RouterView): Policies | undefined {
  const policies = heldRows(router.row.policies, policy)
    .map((row): Policy => {
      const nextHops = nextHopsOf(row);
      const ports = nextHops.map((nextHop) => portTowards(router, nextHop));
      const known = ports.filter((port) => port !== undefined);
      return { row, nextHops, ports: known, test: matchOf(parse(row.match), sets).test };
    })
    .filter(hasEffect)
    .sort(
      (left, right) => right.row.priority - left.row.priority || compareText(left.row.match, right.row.match),
    );
  if (policies.length === 0) return undefined;
  const notIn = router.innerNetworks();
  return {
    leaving: (ip) => decide(policies, { kind: kindOf(ip), notIn, inport: portTowards(router, ip), src: ip }),
    arriving: (ip, by) => decide(policies, { kind: kindOf(ip), notIn, inport: by, dst: ip }),
  };
}

/** The first policy that takes all packets decides, unless it drops what one before it may let through. */
function decide(policies: readonly Policy[], packet: Packet): Decision {
  const partly: PolicyRow[] = [];
  let mayPass = false;
  for (const each of policies) {
    const truth = each.test(packet);
    if (truth === false) continue;
    const { action } = each.row;
    if (truth === undefined || (action === 'drop' && mayPass)) {
      if (action === 'allow') mayPass = true;
      else partly.push(each.row);
      if (truth === undefined) continue;
      return { taken: undefined, partly };
    }
    if (action === 'drop' || action === 'reroute') return { taken: each, partly };
    return partly.length === 0 ? undecided : { taken: undefined, partly };
  }
  return partly.length === 0 ? undecided : { taken: undefined, partly };
}

/** northd leaves out a policy with a next hop that is on no network of the router. */
function hasEffect({ row, nextHops, ports }: Policy): boolean {
  return row.action !== 'reroute' || (nextHops.length > 0 && ports.length === nextHops.length);
}

/** The old column counts where the new one is empty. */
function nextHopsOf({ action, nexthop, nexthops }: PolicyRow): readonly string[] {
  if (action !== 'reroute') return [];
  return (nexthops?.size ?? 0) > 0 ? [...nexthops] : nexthop === undefined ? [] : [nexthop];
}

/** The port of a router that has the network of an address. */
export function portTowards({ ports }: RouterView, ip: string): string | undefined {
  const address = addressValue(ip);
  if (address === undefined) return undefined;
  return ports.find(({ networks }) => networks.some((network) => isWithin(network, address)))?.name;
}

function kindOf(ip: string): 'ip4' | 'ip6' {
  return ip.includes(':') ? 'ip6' : 'ip4';
}
