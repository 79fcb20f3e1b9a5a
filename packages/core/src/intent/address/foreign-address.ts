import type { Vpc } from '@berth/api';
import type { Ip } from '@berth/net';
import type { ForeignAddresses } from '../../fabric/foreign-by-switch.ts';
import type { ForeignHolder } from '../../fabric/foreign-holder.ts';
import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import { perObjectWith } from '../../memo/per-object.ts';
import type { AddressClaim, Request } from '../object/claim.ts';

/**
 * Of the addresses that others have those by which they are in the way of who has or asks for one. Rows on a router of one of the VPCs are not: they are of its
 * rules as somebody else made them, and yet to be taken over, or in the way as rows, which is told of these.
 */
export const rivalsIn = perObjectWith(
  (foreign: ForeignAddresses, { vpcs }: { readonly vpcs: ReadonlyMap<string, Vpc> }): ForeignAddresses =>
    new Map(
      [...foreign].flatMap(([ip, holders]) => {
        const rivals = holders.filter(
          ({ table, router }) => router === undefined || table === 'Logical_Router_Port' || !vpcs.has(router),
        );
        return rivals.length > 0 ? [[ip, rivals] as const] : [];
      }),
    ),
);

/** The rows of others that have an address. A port that has the name of the claim's own is the claim's, and yet to be taken over. */
export function holdersInTheWay(
  rivals: ForeignAddresses,
  { port }: Pick<AddressClaim, 'port'>,
  ip: Ip,
): readonly ForeignHolder[] {
  return rivals.get(ip)?.filter(({ table, name }) => !isPort(table) || name !== port) ?? [];
}

function isPort(table: ForeignHolder['table']): boolean {
  return table === 'Logical_Switch_Port' || table === 'Logical_Router_Port';
}

/** Why a claim does not get the address that it asks for. */
export function takenByOthers(
  { object }: AddressClaim,
  { value, field }: Request<Ip>,
  holders: readonly ForeignHolder[],
): Finding {
  return finding('address-taken', {
    ...{ object, field },
    message: `${value} is taken by ${named(holders)}, which Berth did not make`,
    cure: `choose another address, or leave the field out, or remove the ${holders.every(({ table }) => isPort(table)) ? 'port' : 'row'} if nobody uses it: ${removalOf(value, holders)}`,
    rows: rowsOf(holders),
  });
}

/** The addresses that claims have and rows of others have too. */
export function sharedWithOthers(
  rivals: ForeignAddresses,
  holderOf: (ip: Ip) => AddressClaim | undefined,
): readonly Finding[] {
  return [...rivals.keys()].flatMap((ip) => {
    const holder = holderOf(ip);
    const others = holder ? holdersInTheWay(rivals, holder, ip) : [];
    return holder && others.length > 0 ? [shared(holder, ip, others)] : [];
  });
}

function shared({ object }: AddressClaim, ip: Ip, holders: readonly ForeignHolder[]): Finding {
  const other = holders.every(({ table }) => table === 'Logical_Switch_Port')
    ? 'give the port another address with ovn-nbctl lsp-set-addresses'
    : 'give it another address';
  return finding('address-taken', {
    object,
    message: `${ip}, which it has and keeps, is the address of ${named(holders)} too, which Berth did not make: packets may go to either of them`,
    cure: `${other}, or remove it: ${removalOf(ip, holders)}`,
    rows: rowsOf(holders),
  });
}

const words: Readonly<Record<ForeignHolder['table'], string>> = {
  Load_Balancer: 'load-balancer',
  Logical_Router_Port: 'router port',
  Logical_Switch_Port: 'logical switch port',
  NAT: 'NAT row',
};

/** `the logical switch ports a and b and the router port c of router r`. */
function named(holders: readonly ForeignHolder[]): string {
  const groups = Map.groupBy(holders, ({ table, router }) => `${table} ${router ?? ''}`);
  return list(
    [...groups.values()].map((group) => {
      const [first] = group;
      const word = first ? words[first.table] : '';
      const of = first?.router === undefined ? '' : ` of router ${first.router}`;
      return `the ${word}${group.length > 1 ? 's' : ''} ${list(group.map(({ name }) => name))}${of}`;
    }),
  );
}

function removalOf(ip: Ip, holders: readonly ForeignHolder[]): string {
  return holders.map((each) => commandOf(ip, each)).join('; ');
}

/** As ovn-nbctl(8) has it. */
function commandOf(ip: Ip, { table, name, row, router }: ForeignHolder): string {
  switch (table) {
    case 'Logical_Switch_Port':
      return `ovn-nbctl lsp-del ${name}`;
    case 'Logical_Router_Port':
      return `ovn-nbctl lrp-del ${name}`;
    case 'Load_Balancer':
      return `ovn-nbctl lr-lb-del ${router} ${row}`;
    case 'NAT':
      return name === 'snat'
        ? `ovn-nbctl remove Logical_Router ${router} nat ${row}`
        : `ovn-nbctl lr-nat-del ${router} ${name} ${ip}`;
  }
}

function rowsOf(holders: readonly ForeignHolder[]) {
  return holders.map(({ table, row: uuid }) => ({ db: 'NB' as const, table, uuid }));
}
