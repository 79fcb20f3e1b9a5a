import type { OvnFip } from '@berth/api';
import { refKey, refOf } from '@berth/api';
import { type FindingCode, reasonOf } from '../finding/catalogue.ts';
import type { Finding } from '../finding/finding.ts';
import { type NodeCondition, withCondition } from './condition.ts';
import type { flagTypes } from './condition-types.ts';
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
 * The conditions with those of a floating IP that is not as it was asked for. One that never was true is not shown; one
 * that was turns false.
 */
export function withFlags(
  conditions: readonly NodeCondition[],
  fip: OvnFip,
  { findings, now }: View,
): readonly NodeCondition[] {
  const known: readonly Finding[] = findings.get(refKey(refOf(fip))) ?? [];
  return flags.reduce((all, [type, codes]) => {
    const said = known.find(({ code }) => codes.has(code));
    if (!said && !all.some((each) => each.type === type)) return all;
    const verdict = said
      ? { ready: true, reason: reasonOf(said.code), message: said.message }
      : { ready: false, reason: 'Programmed', message: 'as it was asked for' };
    return withCondition(type, all, verdict, fip.metadata.generation, now);
  }, conditions);
}
