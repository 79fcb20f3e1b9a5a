import { atLeast, type Finding, type Plan, sortFindings } from '@berth/core';
import { checkPlan, located, planOf, preview } from '@berth/engine';
import { playedFabric, presentFabric } from '../context/fabric.ts';
import { missingInFolder } from '../context/folder-alone.ts';
import type { Invocation } from '../context/invocation.ts';
import { movesOf, openReadSession, type ReadSession, sessionOptions } from '../context/session.ts';
import { jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { findingLines } from '../output/findings.ts';
import { planAnswer } from '../output/plan-answer.ts';
import { movesText, planText } from '../output/plan-text.ts';
import { untilClaimsHold } from './claims-held.ts';

export async function run({ options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const where = await sessionOptions(options, environment, signal);
  // Nothing is written, so there is nobody to ask: it is told what apply will ask for.
  await using session = await openReadSession({ ...where, moveState: true });
  const moves = await movesOf(where, session.ovn);
  await untilClaimsHold(session.ovn, signal);
  const { plan, findings, isRefused } = await previewPlan(session);
  const { out, err } = terminal;
  if (options.output === 'json') out.write(jsonText(planAnswer(plan, findings, moves)));
  else {
    err.write(findingLines(findings, err));
    err.write(movesText(moves, err.style));
    out.write(planText(plan, out, isRefused));
  }
  return plan.changes.length === 0 && !isRefused ? exitCodes.fine : exitCodes.notFine;
}

/**
 * What a pass would change now and what NB would refuse of it, without storing or writing anything; on a lab with its
 * bridges made.
 */
export async function previewPlan({ place, reader, ovn, settings, heard }: ReadSession): Promise<{
  readonly plan: Plan;
  readonly findings: readonly Finding[];
  /** Something that is wanted is not in the plan, or does not work once it is carried out: an error says why. */
  readonly isRefused: boolean;
}> {
  const present = presentFabric(ovn, await heard());
  const fabric = place.lab ? playedFabric(present, place.lab, (await reader.list()).resources) : present;
  const { listing, result } = await preview(reader, fabric, settings);
  const plan = planOf(ovn, result.intent, settings);
  const refused = checkPlan(plan, ovn.northbound.snapshot());
  const found = [...listing.findings, ...result.findings, ...plan.findings, ...refused];
  const findings = [...found, ...missingInFolder({ listing, findings: found }, settings)];
  return {
    plan,
    findings: sortFindings(findings.map((each) => located(each, listing))),
    isRefused: findings.some((each) => atLeast(each, 'error')),
  };
}
