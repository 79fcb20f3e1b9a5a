import { refOf, type Vpc } from '@berth/api';
import { cidrFamily, contains, hostCidr, type Ip, parseCidr, parseIp } from '@berth/net';
import type { AttachmentIntent, RouteIntent } from './intent.ts';
import { origin } from './origin.ts';
import type { Survey } from './survey.ts';

/** The user's routes, and a default route per family where there is one way out and the user named none. */
export function routesOf(
  vpc: Vpc,
  attachments: readonly AttachmentIntent[],
  survey: Survey,
): readonly RouteIntent[] {
  const own = (vpc.spec.staticRoutes ?? []).flatMap((route, index): readonly RouteIntent[] => {
    const nextHop = parseIp(route.nextHopIP);
    const host = parseIp(route.cidr);
    const prefix = parseCidr(route.cidr) ?? (host && hostCidr(host));
    if (!nextHop || !prefix) return [];
    const policy = route.policy === 'policySrc' ? 'src-ip' : 'dst-ip';
    return [
      {
        prefix,
        nextHop,
        policy,
        table: route.routeTable ?? '',
        subnet: subnetOf(nextHop, attachments),
        origin: origin(refOf(vpc), `spec.staticRoutes[${index}]`),
      },
    ];
  });
  const once = new Map(
    own.map((route) => [[route.table, route.policy, route.prefix, route.nextHop].join(), route]),
  );
  return [...once.values(), ...defaultRoutes(own, attachments, survey)];
}

function defaultRoutes(
  own: readonly RouteIntent[],
  attachments: readonly AttachmentIntent[],
  survey: Survey,
): readonly RouteIntent[] {
  const [only, ...others] = attachments;
  if (!only || others.length > 0) return [];
  return (survey.subnets.get(only.subnet)?.networks ?? []).flatMap(({ cidr, gateway }) => {
    const prefix = parseCidr(cidrFamily(cidr) === 'IPv4' ? '0.0.0.0/0' : '::/0');
    if (!prefix || own.some((route) => route.prefix === prefix && route.table === '')) return [];
    return [
      {
        prefix,
        nextHop: gateway,
        policy: 'dst-ip' as const,
        table: '',
        subnet: only.subnet,
        origin: only.origin,
      },
    ];
  });
}

function subnetOf(nextHop: Ip, attachments: readonly AttachmentIntent[]): string | undefined {
  return attachments.find(({ addresses }) => addresses.some(({ cidr }) => contains(cidr, nextHop)))?.subnet;
}
