import { refOf, type Vpc } from '@berth/api';
import { cidrFamily, overlaps, prefixLengthOf } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { RouteIntent } from '../intent.ts';
import type { Reach } from './reach.ts';

/**
 * Routes by source that win over the way to a subnet of the same VPC: OVN compares prefix lengths whatever they are of
 * (ovn-northd(8), Logical_Router ingress table IP Routing).
 */
export function shadowed(vpc: Vpc, routes: readonly RouteIntent[], { subnets }: Reach): readonly Finding[] {
  return routes.flatMap(({ prefix, policy, origin }) => {
    const hidden = subnets.filter(({ networks }) =>
      networks.some(
        ({ cidr }) =>
          policy === 'src-ip' &&
          cidrFamily(cidr) === cidrFamily(prefix) &&
          prefixLengthOf(cidr) < prefixLengthOf(prefix) &&
          !overlaps(cidr, prefix),
      ),
    );
    const [first] = hidden;
    if (!first) return [];
    const names = hidden.map(({ name }) => `subnet/${name}`).join(', ');
    return [
      finding('route-hides-subnet', {
        object: origin.object,
        field: origin.field,
        message: `packets from ${prefix} do not reach ${names} of vpc/${vpc.metadata.name}: a route by source with a longer prefix comes first`,
        cure: 'use a policy route whose match leaves these subnets out, or a shorter prefix',
        related: hidden.map(({ name }) => ({ kind: 'Subnet', name })),
      }),
    ];
  });
}

/** A VPC with several ways out of which none is the default one: answers to hosts further away go nowhere. */
export function withoutWayOut(
  vpc: Vpc,
  routes: readonly RouteIntent[],
  { attachments }: Reach,
): readonly Finding[] {
  if (attachments.length < 2) return [];
  const families = new Set(
    attachments.flatMap(({ addresses }) => addresses.map(({ cidr }) => cidrFamily(cidr))),
  );
  const leaves = ({ policy, prefix, subnet }: RouteIntent): boolean =>
    subnet !== undefined && (policy === 'src-ip' || prefixLengthOf(prefix) === 0);
  return [...families]
    .filter((family) => !routes.some((route) => cidrFamily(route.prefix) === family && leaves(route)))
    .map((family) =>
      finding('no-route', {
        object: refOf(vpc),
        field: 'spec.staticRoutes',
        message: `vpc/${vpc.metadata.name} has several external subnets and no ${family} route out: only hosts on these subnets are reached`,
        cure: `add a route for ${family === 'IPv4' ? '0.0.0.0/0' : '::/0'} with the gateway of one of them as next hop`,
        related: attachments.map(({ subnet }) => ({ kind: 'Subnet', name: subnet })),
      }),
    );
}
