import { formatRef } from '@berth/api';
import type { ObjectStory } from '../action/explain-object.ts';
import type { Screen } from '../context/terminal.ts';
import { findingLines } from './findings.ts';
import { wrap } from './wrap.ts';

/** An object of which NB has nothing that leads outside, on one screen: what it is now, and why. */
export function storyText(
  target: string,
  { object, now, isWrong, findings }: ObjectStory,
  screen: Omit<Screen, 'write'>,
): string {
  const { style, columns } = screen;
  const name = formatRef(object);
  const head = `${style.strong(target)}${name === target ? '' : `  ${name}`}\n`;
  const indent = ' '.repeat(12);
  const text = `now${indent.slice(3)}${wrap(isWrong ? style.bad(now) : now, indent, columns ?? 110).trimStart()}`;
  const problems = findingLines(findings, screen);
  return `${head}${text}${problems === '' ? '' : `\n${problems}`}`;
}
