import type { Ip } from '@berth/net';
import type { ForeignAddresses, ForeignPort } from '../../fabric/foreign-ports.ts';
import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import type { AddressClaim, Request } from '../object/claim.ts';

/** The ports of others that have an address. One that has the name of the claim's own port is the claim's, and yet to be taken over. */
export function portsInTheWay(
  foreign: ForeignAddresses,
  { port }: Pick<AddressClaim, 'port'>,
  ip: Ip,
): readonly ForeignPort[] {
  return foreign.get(ip)?.filter(({ name }) => name !== port) ?? [];
}

/** Why a claim does not get the address that it asks for. */
export function takenByPort(
  { object }: AddressClaim,
  { value, field }: Request<Ip>,
  ports: readonly ForeignPort[],
): Finding {
  return finding('address-taken', {
    ...{ object, field },
    message: `${value} is taken by ${named(ports)}, which Berth did not make`,
    cure: `choose another address, or leave the field out, or remove the port if nobody uses it: ${removalOf(ports)}`,
    rows: rowsOf(ports),
  });
}

/** The addresses that claims have and ports of others have too. */
export function sharedWithPorts(
  foreign: ForeignAddresses,
  holderOf: (ip: Ip) => AddressClaim | undefined,
): readonly Finding[] {
  return [...foreign.keys()].flatMap((ip) => {
    const holder = holderOf(ip);
    const ports = holder ? portsInTheWay(foreign, holder, ip) : [];
    return holder && ports.length > 0 ? [shared(holder, ip, ports)] : [];
  });
}

function shared({ object }: AddressClaim, ip: Ip, ports: readonly ForeignPort[]): Finding {
  return finding('address-taken', {
    object,
    message: `${ip}, which it has and keeps, is the address of ${named(ports)} too, which Berth did not make: packets may go to either of them`,
    cure: `give the port another address with ovn-nbctl lsp-set-addresses, or remove it: ${removalOf(ports)}`,
    rows: rowsOf(ports),
  });
}

function named(ports: readonly ForeignPort[]): string {
  return `the logical switch port${ports.length > 1 ? 's' : ''} ${list(ports.map(({ name }) => name))}`;
}

function removalOf(ports: readonly ForeignPort[]): string {
  return ports.map(({ name }) => `ovn-nbctl lsp-del ${name}`).join('; ');
}

function rowsOf(ports: readonly ForeignPort[]) {
  return ports.map(({ row: uuid }) => ({ db: 'NB' as const, table: 'Logical_Switch_Port', uuid }));
}
