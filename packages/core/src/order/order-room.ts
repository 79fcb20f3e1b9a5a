import { formatRef, type NodeOrder } from '@berth/api';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import type { Intent } from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import {
  countAddresses,
  fittingAddresses,
  type OrderedAddresses,
  sizeOfAddresses,
} from './ordered-addresses.ts';

/** How much an order may hold, in bytes of JSON. */
export type OrderRoom = {
  /** From here on it is told that the room gets short. */
  readonly nearBytes: number;
  readonly mostBytes: number;
};

/** etcd takes 1.5 MiB in a request by default (`--max-request-bytes`); metadata and what is no address take some of it. */
export const orderRoom: OrderRoom = { nearBytes: 1_000_000, mostBytes: 1_400_000 };

/** The addresses that a node's order has room for, and a finding where the room is short. */
export function withinRoom(
  node: string,
  entries: readonly OrderedAddresses[],
  intent: Intent,
  { nearBytes, mostBytes }: OrderRoom,
): { readonly addresses: readonly OrderedAddresses[]; readonly findings: readonly Finding[] } {
  const bytes = sizeOfAddresses(entries);
  if (bytes < nearBytes) return { addresses: entries, findings: [] };
  const addresses = bytes > mostBytes ? fittingAddresses(entries, mostBytes) : entries;
  const [all, left] = [countAddresses(entries), countAddresses(entries) - countAddresses(addresses)];
  const kilobytes = (size: number): string => `${Math.round(size / 1_000)} kB`;
  const order = `the order of node ${node}`;
  const message =
    left > 0
      ? `${order} has no room for ${left} of its ${all} addresses: its agent does not announce those when they come to the node`
      : `${order} takes ${kilobytes(bytes)} for ${all} addresses: beyond ${kilobytes(mostBytes)} its agent announces no more of them`;
  const told = finding('order-too-large', {
    object: largestOf(entries, intent) ?? { kind: 'Node', name: node },
    message,
    cure: 'spread VPCs over more gateway nodes, each with a GatewayPolicy that selects its own',
    related: [{ kind: 'Node', name: node }],
  });
  return { addresses, findings: [told] };
}

/** The VPC that has most of them. */
function largestOf(entries: readonly OrderedAddresses[], { vpcs }: Intent): ObjectRef | undefined {
  const [largest] = entries.toSorted((left, right) => countAddresses([right]) - countAddresses([left]));
  const isIts = ({ name, attachments }: Intent['vpcs'][number]): boolean =>
    attachments.some(({ subnet }) => largest?.port === `cr-${routerPortName(name, subnet)}`);
  return vpcs.find(isIts)?.ref;
}

/** A node's order, and what there is to say of it. */
export type NodeOrders = { readonly orders: readonly NodeOrder[]; readonly findings: readonly Finding[] };

/** Of several nodes that have the same to say of one object the first is enough. */
export function oncePerObject(findings: readonly Finding[]): readonly Finding[] {
  const known = new Map(
    findings.toReversed().map((each) => [each.object ? formatRef(each.object) : '', each] as const),
  );
  return [...known.values()].toReversed();
}
