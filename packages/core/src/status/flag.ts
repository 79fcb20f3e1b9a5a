import type { OvnFip } from '@berth/api';
import { refKey, refOf } from '@berth/api';
import { type FindingCode, reasonOf } from '../finding/catalogue.ts';
import type { Finding } from '../finding/finding.ts';
import { type NodeCondition, withCondition } from './condition.ts';
import type { flagTypes } from './condition-types.ts';
import { pending, type Verdict } from './verdict.ts';
import type { View } from './view.ts';

/** Conditions of a floating IP that is not as it was asked for, by the findings that say so. */
const flags: readonly (readonly [type: (typeof flagTypes)[number], codes: ReadonlySet<FindingCode>])[] = [
  [
    'Degraded',
    new Set(['address-lingers', 'uplink-lost', 'fallback-distributed', 'gateways-lost', 'two-answerers']),
  ],
  ['Overridden', new Set(['overridden'])],
];

/**
 * The conditions, Ready among them, with those of a floating IP that is not as it was asked for. One that never was true is not shown; one that
 * was turns false, or unknown where nothing tells any more: what is not programmed has no placement, and what is dark is not as it was asked for.
 */
export function withFlags(
  conditions: readonly NodeCondition[],
  fip: OvnFip,
  { findings, floatingIps, now }: View,
): readonly NodeCondition[] {
  const known: readonly Finding[] = findings.get(refKey(refOf(fip))) ?? [];
  const ready = conditions.find(({ type, node }) => type === 'Ready' && node === undefined);
  const isProgrammed = floatingIps.get(fip.metadata.name) !== undefined;
  return flags.reduce((all, [type, codes]) => {
    const said = known.find(({ code }) => codes.has(code));
    if (!said && !all.some((each) => each.type === type)) return all;
    const isTold = isProgrammed && (type === 'Overridden' || ready?.status === 'True');
    const unsaid = isTold ? asAsked : unknownFor(ready);
    const verdict = said ? { ready: true, reason: reasonOf(said.code), message: said.message } : unsaid;
    return withCondition(type, all, verdict, fip.metadata.generation, now);
  }, conditions);
}

const asAsked: Verdict = { ready: false, reason: 'Programmed', message: 'as it was asked for' };

function unknownFor(ready: NodeCondition | undefined): Verdict {
  return {
    ready: false,
    isUnknown: true,
    reason: ready?.reason ?? pending('').reason,
    message: 'not known while the floating IP is not ready: see condition Ready',
  };
}
