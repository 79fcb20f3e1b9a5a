import { refOf, type Vpc } from '@berth/api';
import { cidrFamily, familyOf, type Ip, parseIp } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { origin } from '../../finding/origin.ts';
import type { BfdIntent, BfdSession, BfdTimers, RouteIntent } from '../intent.ts';
import type { SurveyedSubnet } from '../object/subnet.ts';
import type { Survey } from '../object/surveyed.ts';
import type { Reach } from './reach.ts';

/** What `spec.enableBfd` of a VPC comes to. */
export type Watched = {
  readonly sessions: readonly BfdIntent[];
  /** By source, one per next hop, each with its session; they come before the default route, which stays as the last resort. */
  readonly routes: readonly RouteIntent[];
  readonly findings: readonly Finding[];
};

const nothing: Watched = { sessions: [], routes: [], findings: [] };

/**
 * The BFD sessions of a VPC: one with the physical gateway of each external subnet, which takes part in no route unless the user's
 * routes name it, and one with each OvnEip of type lsp, by which the subnets with `enableEcmp` leave.
 */
export function watchedOf(vpc: Vpc, reach: Reach, survey: Survey, timers: BfdTimers): Watched {
  const isOn = vpc.spec.enableBfd === true;
  const balanced = reach.subnets
    .flatMap(({ name }) => survey.subnets.get(name) ?? [])
    .filter(({ subnet }) => subnet.spec.enableEcmp === true);
  const object = refOf(vpc);
  if (!isOn) return { ...nothing, findings: balanced.map((each) => withoutBfd(vpc, each)) };
  if (reach.attachments.length === 0) return { ...nothing, findings: [withoutPort(vpc)] };
  const gateways = reach.attachments.flatMap(({ subnet, addresses }) =>
    (survey.subnets.get(subnet)?.networks ?? [])
      .filter(({ cidr }) => addresses.some((each) => cidrFamily(each.cidr) === cidrFamily(cidr)))
      .map(({ gateway }) => ({ subnet, peer: gateway, origin: origin(object, 'spec.enableBfd'), ...timers })),
  );
  const hops = balanced.length === 0 ? [] : nextHops(reach, survey);
  const routes = balanced.flatMap((each) => routesBy(each, hops));
  const used = new Set(routes.map(({ nextHop }) => nextHop));
  const watchers = hops.filter(({ peer }) => used.has(peer)).map((hop) => ({ ...hop, ...timers }));
  const findings = balanced.flatMap((each) => tooFew(each, hops));
  const peers = new Set(watchers.map(({ peer }) => peer));
  return { sessions: [...gateways.filter(({ peer }) => !peers.has(peer)), ...watchers], routes, findings };
}

type Hop = BfdSession & Pick<BfdIntent, 'origin'>;

/** The addresses of OvnEips of type lsp on the networks the VPC has a port on. */
function nextHops({ attachments }: Reach, { eips }: Survey): readonly Hop[] {
  return attachments.flatMap(({ subnet, addresses }) =>
    eips
      .filter(({ eip, subnet: on }) => eip.spec.type === 'lsp' && on.subnet.metadata.name === subnet)
      .flatMap(({ eip }) =>
        [eip.status?.v4Ip, eip.status?.v6Ip]
          .flatMap((text): readonly Ip[] => parsed(text))
          .filter((ip) => addresses.some(({ cidr }) => cidrFamily(cidr) === familyOf(ip)))
          .map((peer) => ({ subnet, peer, origin: origin(refOf(eip), 'spec') })),
      ),
  );
}

function parsed(text: string | undefined): readonly Ip[] {
  const ip = text === undefined ? undefined : parseIp(text);
  return ip === undefined ? [] : [ip];
}

/** One next hop is no choice: such a subnet leaves as the others do. */
function routesBy({ subnet, networks }: SurveyedSubnet, hops: readonly Hop[]): readonly RouteIntent[] {
  return networks.flatMap(({ cidr }) => {
    const same = hops.filter(({ peer }) => familyOf(peer) === cidrFamily(cidr));
    if (same.length < 2) return [];
    return same.map(
      (hop): RouteIntent => ({
        prefix: cidr,
        nextHop: hop.peer,
        policy: 'src-ip',
        table: '',
        subnet: hop.subnet,
        bfd: { subnet: hop.subnet, peer: hop.peer },
        symmetricReply: false,
        origin: origin(refOf(subnet), 'spec.enableEcmp'),
      }),
    );
  });
}

function tooFew({ subnet, networks }: SurveyedSubnet, hops: readonly Hop[]): readonly Finding[] {
  const counts = networks.map(({ cidr }) => ({
    cidr,
    count: hops.filter(({ peer }) => familyOf(peer) === cidrFamily(cidr)).length,
  }));
  // A family that the external subnets do not have cannot leave at all, which is no question of next hops.
  if (counts.some(({ count }) => count >= 2)) return [];
  const most = Math.max(0, ...counts.map(({ count }) => count));
  return [
    finding('ecmp-idle', {
      object: refOf(subnet),
      field: 'spec.enableEcmp',
      message: `subnet/${subnet.metadata.name} is to leave by several next hops, and there ${most === 1 ? 'is one' : 'is none'}`,
      cure: 'make at least two OvnEips of type lsp on an external subnet of the VPC',
    }),
  ];
}

function withoutBfd(vpc: Vpc, { subnet }: SurveyedSubnet): Finding {
  return finding('ecmp-idle', {
    object: refOf(subnet),
    field: 'spec.enableEcmp',
    message: `spec.enableEcmp does nothing while vpc/${vpc.metadata.name} does not watch its next hops`,
    cure: `set spec.enableBfd of vpc/${vpc.metadata.name}`,
    related: [refOf(vpc)],
  });
}

function withoutPort(vpc: Vpc): Finding {
  return finding('bfd-idle', {
    object: refOf(vpc),
    field: 'spec.enableBfd',
    message: `vpc/${vpc.metadata.name} has no external port, so there is no next hop to watch`,
    cure: 'set spec.enableExternal, or remove spec.enableBfd',
  });
}
