import { type Finding, stillnessOf } from '@berth/core';
import type { Options } from '../tree/options.ts';
import { type Analysis, openAnalysis } from './analysis.ts';
import { CliFault } from './cli-fault.ts';
import type { Environment } from './environment.ts';

/** Findings, those of nodes that stand still with the addresses that are dark because of it; as they are where that cannot be told. */
export async function stillnessIn(
  findings: readonly Finding[],
  options: Options,
  environment: Environment,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    return withAddresses(findings, await openAnalysis(options, environment, signal));
  } catch (fault) {
    if (signal.aborted || !(fault instanceof CliFault)) throw fault;
    return findings;
  }
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
