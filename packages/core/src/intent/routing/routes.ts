import { defaultVpc, readKeep, refOf, type Vpc } from '@berth/api';
import { cidrFamily, contains, familyOf, hostCidr, parseCidr, parseIp } from '@berth/net';
import type { Fabric } from '../../fabric/fabric.ts';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { origin } from '../../finding/origin.ts';
import type { RouteIntent } from '../intent.ts';
import type { Survey } from '../object/surveyed.ts';
import { externalOf, type Reach, unreachable } from './reach.ts';
import { shadowed, withoutWayOut } from './route-notes.ts';

type StaticRoute = NonNullable<Vpc['spec']['staticRoutes']>[number];

/**
 * The routes of a router: the user's, then those of its BFD sessions, and a default route per family where there is one way out
 * and the user named none. Of several that are the same route the first counts.
 */
export function routesOf(
  vpc: Vpc,
  reach: Reach,
  watched: readonly RouteIntent[],
  survey: Survey,
  fabric: Fabric,
): { readonly routes: readonly RouteIntent[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const own = (vpc.spec.staticRoutes ?? []).flatMap((route, index) =>
    ownRoute(vpc, route, `spec.staticRoutes[${index}]`, reach, fabric, findings),
  );
  const byKey = new Map<string, RouteIntent>();
  for (const route of [...own, ...watched]) {
    const key = [route.table, route.policy, route.prefix, route.nextHop].join();
    const first = byKey.get(key);
    byKey.set(key, first ? { ...first, bfd: first.bfd ?? route.bfd } : route);
  }
  const routes = [...byKey.values(), ...defaultRoutes(vpc, reach, survey)];
  findings.push(...shadowed(vpc, routes, reach), ...withoutWayOut(vpc, routes, reach));
  return { routes, findings };
}

function ownRoute(
  vpc: Vpc,
  route: StaticRoute,
  field: string,
  reach: Reach,
  fabric: Fabric,
  findings: Finding[],
): readonly RouteIntent[] {
  const nextHop = parseIp(route.nextHopIP);
  const host = parseIp(route.cidr);
  const prefix = parseCidr(route.cidr) ?? (host && hostCidr(host));
  if (!nextHop || !prefix) return [];
  const problem =
    familyOf(nextHop) === cidrFamily(prefix)
      ? unreachable(vpc, nextHop, `${field}.nextHopIP`, reach)
      : otherFamily(vpc, route, field);
  if (problem) {
    findings.push(problem);
    return [];
  }
  const row = route.bfdId || undefined;
  if (row !== undefined && !fabric.bfdRows.has(row)) findings.push(noSession(vpc, row, field));
  if (route.ecmpMode) findings.push(ecmpMode(vpc, route.ecmpMode, field));
  return [
    {
      prefix,
      nextHop,
      policy: route.policy === 'policySrc' ? 'src-ip' : 'dst-ip',
      table: route.routeTable ?? '',
      subnet: externalOf(nextHop, reach),
      bfd: row !== undefined && fabric.bfdRows.has(row) ? { row } : undefined,
      symmetricReply: isSymmetricReply(route.ecmpMode),
      origin: origin(refOf(vpc), field),
    },
  ];
}

/** Kube-OVN once wrote it with hyphens. */
function isSymmetricReply(mode: string | undefined): boolean {
  return mode?.replaceAll('-', '_') === 'ecmp_symmetric_reply';
}

function ecmpMode(vpc: Vpc, mode: string, field: string): Finding {
  const object = refOf(vpc);
  if (!isSymmetricReply(mode)) {
    return finding('bad-value', {
      object,
      field: `${field}.ecmpMode`,
      message: `${mode} is no mode of several next hops`,
      cure: 'write ecmp_symmetric_reply, or remove the field',
    });
  }
  return finding('ecmp-asymmetric', {
    object,
    field: `${field}.ecmpMode`,
    message: 'OVN does not let replies leave as the request came in on a router with gateway chassis',
    cure: 'remove the field, and let the next hops take packets of connections they have not seen',
  });
}

function otherFamily(vpc: Vpc, { cidr, nextHopIP }: StaticRoute, field: string): Finding {
  return finding('bad-value', {
    object: refOf(vpc),
    field: `${field}.nextHopIP`,
    message: `${nextHopIP} is not of the address family of ${cidr}`,
    cure: 'name a next hop of the same family',
  });
}

function noSession(vpc: Vpc, row: string, field: string): Finding {
  return finding('reference-not-found', {
    object: refOf(vpc),
    field: `${field}.bfdId`,
    message: `there is no BFD row ${row}: the route stays when its next hop dies`,
    cure: 'name a row of the BFD table, or remove the field and set spec.enableBfd',
    severity: 'warning',
  });
}

/** Exactly one way out, and no default route of the user's, valid or not, nor one that was found: then the subnet's gateway is the next hop. */
function defaultRoutes(
  vpc: Vpc,
  { attachments }: Reach,
  { subnets, config }: Survey,
): readonly RouteIntent[] {
  const [only, ...others] = attachments;
  if (!only || others.length > 0 || readKeep(vpc)?.defaultRoute === 'found') return [];
  const named = vpc.metadata.name === defaultVpc && config?.enabled ? config.nextHops : [];
  return (subnets.get(only.subnet)?.networks ?? []).flatMap(({ cidr, gateway }): readonly RouteIntent[] => {
    const prefix = parseCidr(anywhere[cidrFamily(cidr)]);
    const isGiven = (vpc.spec.staticRoutes ?? []).some(
      (route) => parseCidr(route.cidr) === prefix && !route.routeTable,
    );
    const hasAddress = only.addresses.some(({ ip }) => contains(cidr, ip));
    if (!prefix || isGiven || !hasAddress) return [];
    return [
      {
        prefix,
        nextHop: named.find((ip) => contains(cidr, ip)) ?? gateway,
        policy: 'dst-ip',
        table: '',
        subnet: only.subnet,
        bfd: undefined,
        symmetricReply: false,
        origin: only.origin,
      },
    ];
  });
}

const anywhere = { IPv4: '0.0.0.0/0', IPv6: '::/0' } as const;
