import { parseMac } from '@berth/net';
import { neighbourOf } from '../../fabric/neighbours.ts';
import type { Obstacle } from '../flow.ts';
import { type Behind, behind, fine } from './behind.ts';
import type { NatRule } from './nat-rule.ts';
import { addressesOf } from './north.ts';
import type { RouterContext } from './router-context.ts';

/** Where a NAT row leads: to which port, and what is wrong with that. */
export type NatTarget = Behind & { readonly port: string | undefined };

/**
 * Where packets go that a `dnat_and_snat` or `dnat` row translates. A distributed row runs where its `logical_port` is; the replies of
 * an address on any other node leave untranslated.
 */
export function natTarget(context: RouterContext, rule: NatRule): NatTarget {
  const { north } = context;
  const { logicalIp, placement, obstacle } = rule;
  const named = placement === 'distributed' ? rule.row.logical_port : undefined;
  if (named !== undefined && (obstacle !== undefined || !north.ports.has(named)))
    return { ...fine, port: named };
  const port =
    named !== undefined && hasAddress(context, named, logicalIp) ? named : ownerOf(context, logicalIp);
  if (obstacle !== undefined) return { ...fine, port };
  // A port that takes anything is taken to have the address that a row with its name leads to.
  const likely = rule.row.logical_port;
  if (port === undefined && likely !== undefined && takesUnknown(context, likely))
    return { ...behind(context, likely, logicalIp, rule.ref), port: likely };
  if (named !== undefined && port === undefined) {
    return context.router.workloads().some((each) => takesUnknown(context, each.port))
      ? { ...fine, doubt: `which port has the address ${logicalIp}`, port: named }
      : { obstacle: mismatch(context, rule, named, port), port: named };
  }
  if (named !== undefined && port !== undefined && chassisOf(context, port) !== chassisOf(context, named))
    return { obstacle: mismatch(context, rule, named, port), port: named };
  const found = behind(context, port, logicalIp, rule.ref);
  // Where the router has no part on the node of the port, nothing there answers for it.
  if (named === undefined || isAttached(context, named) || !found.obstacle) return { ...found, port };
  return { obstacle: { ...found.obstacle, isAnswered: false }, port };
}

function mismatch(
  context: RouterContext,
  { ref, logicalIp }: NatRule,
  named: string,
  port: string | undefined,
): Obstacle {
  const { nodeName } = context.north;
  const at = (name: string): string => {
    const chassis = chassisOf(context, name);
    return chassis === undefined ? 'which is on no node' : `which is on ${nodeName(chassis)}`;
  };
  const runs = `its NAT row runs where port ${named} is and leads to ${logicalIp}`;
  const why =
    port === undefined
      ? `${runs}, which no port has`
      : `${runs} of port ${port}, ${at(port)}: replies from there leave untranslated`;
  return { reason: 'target-mismatch', why, rows: [ref], isAnswered: true };
}

function chassisOf({ north }: RouterContext, port: string): string | undefined {
  return north.dataPlane?.bindings.get(port)?.chassis;
}

/** The port that has an address: by what NB says, else by the MAC that answered the router for it. */
function ownerOf({ north, router }: RouterContext, ip: string): string | undefined {
  const listed = router.portAt(ip);
  if (listed !== undefined) return listed;
  const macs = new Set(router.ports.flatMap(({ name }) => neighbourOf(north.dataPlane, name, ip) ?? []));
  if (macs.size === 0) return undefined;
  return router.workloads().find(({ port }) => {
    const addresses = [...(north.ports.get(port)?.port.addresses ?? [])];
    return addresses.some((text) => macs.has(parseMac(text.split(' ')[0] ?? '') ?? ''));
  })?.port;
}

function hasAddress({ north }: RouterContext, port: string, ip: string): boolean {
  const row = north.ports.get(port)?.port;
  return row !== undefined && addressesOf(row).includes(ip);
}

function isAttached({ north, router }: RouterContext, port: string): boolean {
  const on = north.ports.get(port)?.on;
  return on !== undefined && router.ports.some(({ name }) => north.switchOf.get(name) === on);
}

/** Whether a port takes what is for addresses that no port has: it says so, or says nothing (ovn-nb(5), Logical_Switch_Port addresses). */
function takesUnknown({ north }: RouterContext, port: string): boolean {
  const addresses = north.ports.get(port)?.port.addresses;
  return addresses !== undefined && (addresses.size === 0 || addresses.has('unknown'));
}
