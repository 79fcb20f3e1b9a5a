import { explanationOf, parseTarget } from '@berth/core';
import { type Analysis, openAnalysis } from '../context/analysis.ts';
import { CliFault } from '../context/cli-fault.ts';
import type { Asking, Invocation } from '../context/invocation.ts';
import { holderOf } from '../context/target-names.ts';
import { jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { explanationAnswer } from '../output/explanation-answer.ts';
import { type AskerOf, explanationText } from '../output/explanation-text.ts';
import { relatedFindings } from '../output/related-findings.ts';
import { storyText } from '../output/story-text.ts';
import { codeOf, findingPage } from './explain-code.ts';
import { holderStory } from './explain-holder.ts';
import { lingeringStory, withLingering } from './explain-lingering.ts';
import { type ObjectStory, objectStory, storyExplanation } from './explain-object.ts';

export async function run(invocation: Invocation): Promise<ExitCode> {
  const { words, options, environment, terminal, signal } = invocation;
  const [word = ''] = words;
  const { out } = terminal;
  if (!isTargetLike(word)) {
    const code = codeOf(word);
    if (code === undefined) await suggestTargets(word, invocation);
    out.write(await findingPage(word));
    return exitCodes.fine;
  }
  const analysis = await openAnalysis(options, environment, signal);
  const story = await storyOf(word, analysis);
  if (story) {
    const told = explanationAnswer(storyExplanation(word, story), story.findings, analysis);
    out.write(options.output === 'json' ? jsonText(told) : storyText(word, story, out));
    return story.isWrong ? exitCodes.notFine : exitCodes.fine;
  }
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
    isControlled: observed.isControlled,
  });
  const findings = relatedFindings(explanation, analysis.audit(), analysis);
  const told = explanationAnswer(explanation, findings, analysis);
  out.write(
    options.output === 'json' ? jsonText(told) : explanationText(told, findings, out, askerIn(analysis)),
  );
  return exitCodes.fine;
}

/** What there is to say of an object of which NB has nothing that leads outside; undefined for everything else. */
async function storyOf(word: string, analysis: Analysis): Promise<ObjectStory | undefined> {
  const { asked, objectOf, audit } = analysis;
  const object = asked && objectOf(word);
  const lingering = lingeringStory(word, analysis);
  if (!object && !lingering) return holderStory(word, analysis);
  if (!asked || !object) return lingering;
  const [{ statusNow }, { now }] = await Promise.all([
    import('../context/status-now.ts'),
    import('../context/session.ts'),
  ]);
  const story = objectStory(object, statusNow({ ...analysis, asked }, now()), asked, audit());
  return withLingering(story, lingering);
}

/** Which object asks for an address that no row of an object has; undefined where no objects are known. */
function askerIn({ asked, flows }: Pick<Analysis, 'asked' | 'flows'>): AskerOf | undefined {
  const isOwn = (ip: string): boolean =>
    flows.some(({ externalIp, origins }) => externalIp === ip && origins.length > 0);
  return asked && ((ip) => (isOwn(ip) ? undefined : holderOf(ip, asked.resources)));
}

/** Throws CliFault `not-found` with the targets that have a word for their name; returns where there is none, or no OVN to ask. */
async function suggestTargets(word: string, { options, environment, signal }: Asking): Promise<void> {
  const targets = await openAnalysis(options, environment, signal).then(
    ({ named }) => named(word),
    (): readonly string[] => [],
  );
  if (targets.length === 0) return;
  const cure = `did you mean ${targets.slice(0, 5).join(', ')}?`;
  throw new CliFault('not-found', `"${word}" is neither a target nor the code of a finding`, cure);
}

/** A word with a slash, a dot or a colon is no code of a finding. */
function isTargetLike(word: string): boolean {
  return parseTarget(word) !== undefined || /[/.:]/.test(word);
}
