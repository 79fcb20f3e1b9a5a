import { formatRef, originKey } from '@berth/api';
import type { Uuid } from '@berth/ovsdb/value';
import type { ObjectRef } from '../../finding/finding.ts';
import { type Origin, origin } from '../../finding/origin.ts';
import { parseRef } from '../../finding/parse-ref.ts';
import type { ExternalFlow } from '../flow.ts';

type Marked = { readonly external_ids: ReadonlyMap<string, string> };

/** The object a row is there for, where the row says so. */
export function causeOf({ external_ids }: Marked): ObjectRef | undefined {
  const text = external_ids?.get(originKey);
  return text === undefined ? undefined : parseRef(text);
}

/** Whose a NAT row is: the object behind it, or the UUID of one that Berth did not make. */
export function ownerText(row: Marked & { readonly _uuid: Uuid }): string {
  const cause = causeOf(row);
  return cause === undefined ? `NAT row ${row._uuid}, not made by Berth` : formatRef(cause);
}

/** What a load-balancer is called, with the object behind it, or that Berth did not make it. */
export function balancerText(row: Marked & { readonly _uuid: Uuid; readonly name: string }): string {
  const cause = causeOf(row);
  return `load-balancer ${row.name || row._uuid} (${cause === undefined ? 'not made by Berth' : formatRef(cause)})`;
}

/** The command that takes a virtual address from a load-balancer. */
export function vipRemovalOf(
  { _uuid: uuid, name }: { readonly _uuid: Uuid; readonly name: string },
  vip: string,
): string {
  return `ovn-nbctl lb-del ${name || uuid} ${vip}`;
}

/** The user's object behind a flow where its rows name it, else the row. */
export function objectOf({ origins: [first], target }: Pick<ExternalFlow, 'origins' | 'target'>): ObjectRef {
  return first?.object ?? { kind: 'NAT', name: target.replace(/^nat\//, '') };
}

/** The object behind a row, as origins. */
export function originsOf(row: Marked): readonly Origin[] {
  const cause = causeOf(row);
  return cause === undefined ? [] : [origin(cause)];
}

const words: Readonly<Record<string, string>> = { OvnFip: 'fip', OvnSnatRule: 'snat', OvnDnatRule: 'dnat' };

/** How a row is called on the command line: `fip/web` where it is ours, else `nat/ROUTER/TYPE/EXTERNAL-IP`. */
export function targetOf(row: Marked, router: string, type: string, externalIp: string): string {
  const cause = causeOf(row);
  const word = cause === undefined ? undefined : words[cause.kind];
  return word === undefined ? `nat/${router}/${type}/${externalIp}` : `${word}/${cause?.name}`;
}
