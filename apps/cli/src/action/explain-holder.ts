import { type AddressHolder, holdersText, type ObjectRef } from '@berth/core';
import type { Analysis } from '../context/analysis.ts';
import { concerns } from '../output/concerns.ts';
import type { ObjectStory } from './explain-object.ts';

/** What there is to say of an address that rows of NB have and that nothing leads to from outside; undefined of others. */
export function holderStory(
  word: string,
  { holdersOf, audit }: Pick<Analysis, 'holdersOf' | 'audit'>,
): ObjectStory | undefined {
  const holders = holdersOf(word);
  const [first] = holders;
  if (!first) return undefined;
  const names = new Set(holders.map(({ table, name }) => `${table} ${name}`));
  return {
    object: refOf(first),
    now: `is ${holdersText(holders)}; nothing is translated or forwarded to it from outside`,
    isWrong: false,
    isUnknown: true,
    findings: audit().filter((each) => concerns(each, ({ kind, name }) => names.has(`${kind} ${name}`))),
  };
}

function refOf({ table, name, on }: AddressHolder): ObjectRef {
  return { kind: table, name: table === 'NAT' && on ? `${on.name}/${name}` : name };
}
