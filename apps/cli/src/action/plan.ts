import { type Finding, fabricOf, type Plan, sortFindings } from '@berth/core';
import { located, planOf, preview } from '@berth/engine';
import type { Invocation } from '../context/invocation.ts';
import { openReadSession, type ReadSession, sessionOptions } from '../context/session.ts';
import { jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { findingLines } from '../output/findings.ts';
import { planAnswer } from '../output/plan-answer.ts';
import { planText } from '../output/plan-text.ts';

export async function run({ options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  await using session = await openReadSession(sessionOptions(options, environment, signal));
  const { plan, findings } = await previewPlan(session);
  const { out, err } = terminal;
  if (options.output === 'json') out.write(jsonText(planAnswer(plan, findings)));
  else {
    err.write(findingLines(findings, err));
    out.write(planText(plan, out));
  }
  return plan.changes.length === 0 ? exitCodes.fine : exitCodes.notFine;
}

/** What a pass would change now, without storing or writing anything. */
export async function previewPlan({ reader, ovn, settings }: ReadSession): Promise<{
  readonly plan: Plan;
  readonly findings: readonly Finding[];
}> {
  const fabric = fabricOf(ovn.northbound.snapshot(), ovn.southbound.snapshot());
  const { listing, result } = await preview(reader, fabric, settings);
  const plan = planOf(ovn, result.intent, settings);
  const findings = [...listing.findings, ...result.findings, ...plan.findings];
  return { plan, findings: sortFindings(findings.map((each) => located(each, listing))) };
}
