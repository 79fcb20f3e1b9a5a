import { formatRef } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import { causeOf, ownerText } from '../flows/marks.ts';
import { type NatRule, removalOf } from '../flows/nat-rule.ts';
import type { RouterContext } from '../flows/router-context.ts';
import { nestedSources, sourceRivals } from '../flows/source-rivals.ts';
import { type AuditedNetwork, ruleRef } from './network.ts';

/** Networks that several SNAT rows of one router translate to different addresses: with which one packets leave is chance. */
export function auditSources({ routers }: AuditedNetwork): readonly Finding[] {
  return routers.flatMap((context) =>
    sourceRivals(context).flatMap((rows) => translatedTwice(context, rows)),
  );
}

/**
 * SNAT rows of Berth and of somebody else for networks inside one another, or floating IPs of somebody else inside one of Berth's: the smaller one
 * wins, and of a row that is not Berth's no object tells. Of two objects of Berth their own findings do.
 */
export function auditNestedSources({ routers, flows }: AuditedNetwork): readonly Finding[] {
  // Of a rule of which they take all it is told what stops it.
  const stopped = new Set(
    flows.flatMap(({ obstacle, rows: [row] }) =>
      obstacle?.reason === 'snat-overlap' && row ? row.uuid : [],
    ),
  );
  return routers.flatMap((context) =>
    nestedSources(context)
      .filter(({ inner, outer }) => isForeign(inner) !== isForeign(outer) && !stopped.has(outer.row._uuid))
      // A floating IP of Berth's is there to leave by its own address.
      .filter(({ inner }) => inner.row.type === 'snat' || isForeign(inner))
      .map(({ inner, outer }) => partOf(context, inner, outer)),
  );
}

/** It is about the object; a warning where its own traffic is taken. */
function partOf(context: RouterContext, inner: NatRule, outer: NatRule): Finding {
  const taken = isForeign(inner);
  const [own, other] = taken ? [outer, inner] : [inner, outer];
  const { name } = context.router;
  return finding('snat-overlap', {
    severity: taken ? 'warning' : 'info',
    object: ruleRef(context, own),
    message: `${inner.logicalIp} is part of ${outer.logicalIp} on router ${name}: it leaves as ${inner.externalIp} (${ownerText(inner.row)}), not as ${outer.externalIp} (${ownerText(outer.row)})`,
    cure: taken
      ? `delete what Berth did not make (${removalOf(name, other.row._uuid)}), unless that is what you want`
      : 'nothing to do if this is what you want',
    related: [ruleRef(context, other)],
    rows: [own.ref, other.ref],
  });
}

/** It is about the object behind one of the rows, where there is one. */
function translatedTwice(context: RouterContext, rows: readonly NatRule[]): readonly Finding[] {
  const [first, ...others] = rows.toSorted(
    (left, right) => Number(isForeign(left)) - Number(isForeign(right)),
  );
  if (first === undefined) return [];
  const { name } = context.router;
  const names = [first, ...others].map((rule) => `to ${rule.externalIp} (${ownerText(rule.row)})`);
  return [
    finding('snat-overlap', {
      object: ruleRef(context, first),
      message: `router ${name} has ${rows.length} SNAT rows for ${first.logicalIp}, ${list(names)}: which of them OVN takes is chance`,
      cure: cureOf(name, [first, ...others]),
      related: others.map((rule) => ruleRef(context, rule)),
      rows: [first, ...others].map(({ ref }) => ref),
    }),
  ];
}

function cureOf(router: string, rows: readonly NatRule[]): string {
  const foreign = rows.filter(isForeign);
  if (foreign.length === 0) return 'keep one of the rules, or give them different networks';
  if (foreign.length === rows.length)
    return `delete the rows that are not meant: ${removalOf(router, 'UUID')}`;
  const uuids = foreign.map(({ row }) => row._uuid);
  const own = rows.flatMap(({ row }) => causeOf(row) ?? []).map(formatRef);
  return `delete what Berth did not make (${removalOf(router, ...uuids)}), or ${list([...new Set(own)])} from what is asked for`;
}

function isForeign({ row }: NatRule): boolean {
  return causeOf(row) === undefined;
}
