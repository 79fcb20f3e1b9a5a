import { refOf, type Vpc } from '@berth/api';
import { contains, type Ip } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { AttachmentIntent, OverlaySubnetIntent } from '../intent.ts';

/** The networks a router is on. */
export type Reach = {
  readonly subnets: readonly Pick<OverlaySubnetIntent, 'name' | 'networks'>[];
  readonly attachments: readonly AttachmentIntent[];
};

/** The external subnet an address is on; undefined when it is inside, or nowhere. */
export function externalOf(ip: Ip, { attachments }: Reach): string | undefined {
  return attachments.find(({ addresses }) => addresses.some(({ cidr }) => contains(cidr, ip)))?.subnet;
}

/** Why the router cannot send to a next hop; undefined when it can. */
export function unreachable(vpc: Vpc, nextHop: Ip, field: string, reach: Reach): Finding | undefined {
  const inside = reach.subnets.flatMap(({ networks }) => networks);
  const own = [
    ...inside.map(({ gateway }) => gateway),
    ...reach.attachments.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)),
  ];
  if (own.includes(nextHop)) {
    return nowhere(vpc, field, `${nextHop} is an address of the router itself`, 'name another router');
  }
  const connected = inside.some(({ cidr }) => contains(cidr, nextHop));
  if (connected || externalOf(nextHop, reach) !== undefined) return undefined;
  return nowhere(
    vpc,
    field,
    `${nextHop} is on no network of vpc/${vpc.metadata.name}`,
    'name a next hop on a subnet of the VPC, or attach the VPC to the subnet that has it',
  );
}

function nowhere(vpc: Vpc, field: string, message: string, cure: string): Finding {
  return finding('route-nowhere', { object: refOf(vpc), field, message, cure });
}
