import type { CommandSpec } from './spec.ts';

/**
 * What the names are of that may stand at a place of the command line, where only the lab, cluster or folder in use knows them. Where words are
 * known to everybody there is no wish.
 */
export type Wish =
  | 'lab'
  | 'context'
  | 'namespace'
  | 'kind'
  | 'object'
  | 'target'
  | 'target-or-code'
  | 'probed'
  | 'vpc'
  | 'rule'
  | 'failures'
  | 'broken'
  | 'each'
  | 'where';

/** The wishes of flags, by the name of the flag. */
const ofFlags: Readonly<Record<string, Wish>> = {
  '--context': 'context',
  '--each': 'each',
  '--fail': 'failures',
  '--lab': 'lab',
  '--lift': 'rule',
  '--name': 'lab',
  '--namespace': 'namespace',
};

/** The wish of a flag, by its long name. */
export function wishOfFlag(long: string): Wish | undefined {
  return ofFlags[long];
}

const ofWords: Readonly<Record<string, Wish>> = {
  '[failures]': 'broken',
  '<failures>': 'failures',
  '[name]': 'object',
  '<kind>': 'kind',
  '<target>': 'target',
  '[targets...]': 'target',
  '[vpcs...]': 'vpc',
  '<where>': 'where',
};

/** Commands that take other targets than the rest. */
const ofTargets: Readonly<Record<string, Wish>> = { explain: 'target-or-code', probe: 'probed' };

/** The wish of a word of a command; further words of a list are as its last one. */
export function wishOfWord({ name, words }: CommandSpec, place: number): Wish | undefined {
  const last = words.at(-1)?.syntax;
  const syntax = words[place]?.syntax ?? (last?.endsWith('...]') ? last : undefined);
  const wish = syntax === undefined ? undefined : ofWords[syntax];
  return (wish === 'target' ? ofTargets[name] : undefined) ?? wish;
}
