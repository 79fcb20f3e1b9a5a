import { type Finding, stillnessOf } from '@berth/core';
import type { Analysis } from './analysis.ts';
import { analysisIfAny } from './analysis-if-any.ts';
import type { Asking } from './invocation.ts';

/** Findings, those of nodes that stand still with the addresses that are dark because of it; as they are where that cannot be told. */
export async function stillnessIn(findings: readonly Finding[], asking: Asking): Promise<readonly Finding[]> {
  const analysis = await analysisIfAny(asking);
  return analysis ? withAddresses(findings, analysis) : findings;
}

/** Each node that stands still told with what it keeps from packets. */
export function withAddresses(
  findings: readonly Finding[],
  { verdicts, fabric, nodeName }: Pick<Analysis, 'verdicts' | 'fabric' | 'nodeName'>,
): readonly Finding[] {
  const told = new Map([...stillnessOf(verdicts(), fabric)].map(([name, text]) => [nodeName(name), text]));
  return findings.map((each) => {
    const text = each.code === 'node-frozen' ? told.get(each.object?.name ?? '') : undefined;
    return text === undefined ? each : { ...each, message: `${each.message}: ${text}` };
  });
}
