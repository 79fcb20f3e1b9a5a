import { atLeast } from '@berth/core';
import { openAnalysis } from '../context/analysis.ts';
import type { Invocation } from '../context/invocation.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { countFindings, countText, findingLines, plural } from '../output/findings.ts';
import { wrap } from '../output/wrap.ts';
import type { AuditAnswer } from '../schema/audit.ts';

export async function run({ options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const { audit, assumptions, flows } = await openAnalysis(options, environment, signal);
  const findings = audit();
  const counts = countFindings(findings);
  const told: AuditAnswer = answer('Audit', findings, {
    assumptions,
    summary: { flows: flows.length, ...counts },
  });
  const { out, err } = terminal;
  if (options.output === 'json') out.write(jsonText(told));
  else {
    out.write(findingLines(findings, out));
    err.write(`${plural(flows.length, 'flow')} looked at: ${countText(counts)}\n`);
    for (const each of assumptions) err.write(wrap(`assumed: ${each}`, '', err.columns));
  }
  const threshold = options.failOn ?? 'error';
  return findings.some((each) => atLeast(each, threshold)) ? exitCodes.notFine : exitCodes.fine;
}
