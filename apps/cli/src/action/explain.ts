import { explanationOf, parseTarget } from '@berth/core';
import { openAnalysis } from '../context/analysis.ts';
import type { Invocation } from '../context/invocation.ts';
import { jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { explanationAnswer } from '../output/explanation-answer.ts';
import { explanationText } from '../output/explanation-text.ts';
import { relatedFindings } from '../output/related-findings.ts';
import { findingPage } from './explain-code.ts';

export async function run(invocation: Invocation): Promise<ExitCode> {
  const { words, options, environment, terminal, signal } = invocation;
  const [word = ''] = words;
  const { out } = terminal;
  if (!isTargetLike(word)) {
    out.write(await findingPage(word));
    return exitCodes.fine;
  }
  const analysis = await openAnalysis(options, environment, signal);
  const { observed, fabric, predict, wantedOf, find } = analysis;
  const { target, flows, chassis } = find(word, 'not-found');
  const explanation = explanationOf({
    target,
    flows,
    ...(chassis !== undefined && { chassis }),
    nb: observed.nb,
    fabric,
    predict,
    wantedOf,
    home: observed.home,
  });
  const findings = relatedFindings(explanation, analysis.audit(), analysis.nodeName);
  const told = explanationAnswer(explanation, findings, analysis);
  out.write(options.output === 'json' ? jsonText(told) : explanationText(told, findings, out));
  return exitCodes.fine;
}

/** A word with a slash, a dot or a colon is no code of a finding. */
function isTargetLike(word: string): boolean {
  return parseTarget(word) !== undefined || /[/.:]/.test(word);
}
