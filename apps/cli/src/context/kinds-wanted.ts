import { isKindName, type KindName, kindOfWord, kinds, nearest } from '@berth/api';
import { CliFault } from './cli-fault.ts';

/** What `get` is asked for: kinds, and one object's namespace and name if only that is wanted. */
export type Wanted = {
  readonly kinds: readonly KindName[];
  readonly namespace?: string;
  readonly name?: string;
};

/** Every kind, in the order in which one builds on the other. */
const allKinds: readonly KindName[] = Object.keys(kinds).filter(isKindName);

/** Reads `KIND`, `KIND NAME`, `KIND/NAME`, `KIND/NAMESPACE/NAME`, `KIND,KIND`, `all`. Throws CliFault `usage`. */
export function wantedOf(words: readonly string[]): Wanted {
  const [first = '', second] = words;
  const [kindWord = '', ...rest] = first.split('/');
  if (rest.length > 0 && second !== undefined) {
    throw new CliFault(
      'usage',
      `${first} and ${second} are two names`,
      'name one object, as KIND NAME or KIND/NAME',
    );
  }
  const found = kindWord === 'all' ? allKinds : kindWord.split(',').map(kindNamed);
  const path = second === undefined ? rest : [second];
  const name = path.at(-1);
  if (path.length > 2 || path.includes('')) {
    throw new CliFault('usage', `${first} names no object`, 'write KIND/NAME');
  }
  return {
    kinds: [...new Set(found)],
    ...(name !== undefined && { name }),
    ...(path.length === 2 && path[0] !== undefined && { namespace: path[0] }),
  };
}

/** Words of other systems, without hyphens and in the singular, for what our kinds are. */
const kindsElsewhere: Readonly<Record<string, string>> = {
  externalip: kinds.OvnEip.plural,
  floatingip: kinds.OvnFip.plural,
  logicalrouter: kinds.Vpc.plural,
  logicalswitch: kinds.Subnet.plural,
  portforward: kinds.OvnDnatRule.plural,
  router: kinds.Vpc.plural,
  switch: kinds.Subnet.plural,
};

/** The kind a word means. Throws CliFault `usage` with the nearest word there is. */
function kindNamed(word: string): KindName {
  const kind = kindOfWord(word);
  if (kind !== undefined) return kind;
  const known = Object.values(kinds).flatMap(({ plural, singular, shortNames, aliases }) => [
    plural,
    singular,
    ...shortNames,
    ...aliases,
  ]);
  const near = kindsElsewhere[word.toLowerCase().replaceAll(/[-_ ]|s$/g, '')] ?? nearest(word, known);
  throw new CliFault(
    'usage',
    `there is no kind "${word}"`,
    near === undefined
      ? `there is ${allKinds.map((each) => kinds[each].plural).join(', ')}`
      : `did you mean ${near}?`,
  );
}
