import { type KindName, kindOfWord, kinds, type ResourceRef, ruleKinds } from '@berth/api';
import { canBeProbed, probedWords, targetWords } from './target-words.ts';
import type { Wish } from './wish.ts';

/** Whoever knows the names of the lab, cluster or folder in use. Everybody answers in time or not at all; nothing is thrown. */
export type KnownNames = {
  labs(): Promise<readonly string[]>;
  contexts(): Promise<readonly string[]>;
  namespaces(): Promise<readonly string[]>;
  nodes(): Promise<readonly string[]>;
  /** The names of findings, and of kinds of failure: all, and those that can be enumerated. */
  codes(): Promise<readonly string[]>;
  objects(kind: KindName): Promise<readonly ResourceRef[]>;
  /** What is broken in the lab now, as it is written on the command line. */
  broken(): Promise<readonly string[]>;
};

/** What was typed before the unfinished word, as far as it decides. */
export type Typed = { readonly words: readonly string[]; readonly namespace: string | undefined };

/** The words for a wish that begin as the unfinished one does, and perhaps others. */
export async function wishedWords(
  wish: Wish,
  unfinished: string,
  typed: Typed,
  known: KnownNames,
): Promise<readonly string[]> {
  switch (wish) {
    case 'lab':
      return known.labs();
    case 'context':
      return known.contexts();
    case 'namespace':
      return known.namespaces();
    case 'vpc':
      return (await known.objects('Vpc')).map(({ name }) => name);
    case 'where':
      return ['central', 'outside', ...(await known.nodes()), ...(await known.objects('Pod')).map(pathOf)];
    case 'rule':
      return afterWord(unfinished, ['ovn-fip', 'vpc', 'subnet'], known);
    case 'kind':
      return unfinished.includes('/')
        ? afterWord(unfinished, [], known)
        : lastOfList(unfinished, async (part) => kindsLike(part));
    case 'object':
      return objectsOf(typed, known);
    case 'target':
      return afterWord(unfinished, targetWords, known);
    case 'target-or-code':
      return [
        ...(await afterWord(unfinished, targetWords, known)),
        ...(unfinished === '' || unfinished.includes('/') ? [] : await known.codes()),
      ];
    case 'probed':
      return (await afterWord(unfinished, probedWords, known)).filter(canBeProbed);
    case 'each':
      return lastOfList(unfinished, async () => enumerable);
    case 'failures':
      return lastOfList(unfinished, (part) => failuresLike(part, known));
    case 'broken': {
      const listed = new Set(unfinished.split(/[,;]/).slice(0, -1));
      return lastOfList(unfinished, async () => (await known.broken()).filter((each) => !listed.has(each)));
    }
  }
}

/** Kinds by their plural; by another name, one each, where only that begins as the unfinished word does. */
function kindsLike(unfinished: string): readonly string[] {
  const all = Object.values(kinds);
  const plurals = all.map(({ plural }) => plural);
  if (plurals.some((plural) => plural.startsWith(unfinished))) return plurals;
  return all.flatMap(({ singular, aliases, shortNames }) => {
    return [singular, ...aliases, ...shortNames].find((word) => word.startsWith(unfinished)) ?? [];
  });
}

/** `WORD/NAME` once the word is there, else the words. */
async function afterWord(
  unfinished: string,
  words: readonly string[],
  known: KnownNames,
): Promise<readonly string[]> {
  const slash = unfinished.indexOf('/');
  if (slash < 0) return words.map((word) => `${word}/`);
  const word = unfinished.slice(0, slash);
  if (word === 'nat') return (await natsOf(known)).map(({ name }) => name);
  const kind = kindOfWord(word);
  if (kind === undefined) return [];
  if (kind === 'Node') return (await known.nodes()).map((name) => `${word}/${name}`);
  const objects = (await known.objects(kind)).filter(({ name }) => !name.startsWith('nat/'));
  return objects.map((ref) => `${word}/${pathOf(ref)}`);
}

/** Rows of NAT that no object is known of; these have the target for their name. */
async function natsOf(known: KnownNames): Promise<readonly ResourceRef[]> {
  const rules = [];
  for (const kind of ruleKinds) rules.push(...(await known.objects(kind)));
  return rules.filter(({ name }) => name.startsWith('nat/'));
}

/** Objects of the kinds that stand before. */
async function objectsOf(
  { words, namespace = 'default' }: Typed,
  known: KnownNames,
): Promise<readonly string[]> {
  const wanted = (words[0] ?? '').split(',').flatMap((word) => kindOfWord(word) ?? []);
  const names = [];
  for (const kind of new Set(wanted)) {
    const objects = await known.objects(kind);
    names.push(
      ...objects
        .filter((ref) => !kinds[kind].namespaced || (ref.namespace ?? 'default') === namespace)
        .map(({ name }) => name),
    );
  }
  return names;
}

function pathOf({ namespace, name }: ResourceRef): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Candidates for the last part of a list with commas and semicolons between, with what stands before it. */
async function lastOfList(
  unfinished: string,
  candidates: (part: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const at = Math.max(unfinished.lastIndexOf(','), unfinished.lastIndexOf(';')) + 1;
  const [before, part] = [unfinished.slice(0, at), unfinished.slice(at)];
  return (await candidates(part)).map((each) => `${before}${each}`);
}

/** Kinds of failure, as the library of them has them: of nodes, of a node and a network, and of nothing. */
const ofNodes = [
  ...['host', 'uplink', 'mapping', 'tunnel', 'vswitchd', 'ovn-controller', 'ovn-controller-exit'],
  ...['zombie', 'notready', 'control', 'agent'],
];
const plain = ['nb', 'sb', 'northd', 'central', 'berth-controller'];
const enumerable = [...ofNodes, 'upstream', ...plain];

async function failuresLike(part: string, known: KnownNames): Promise<readonly string[]> {
  const colon = part.indexOf(':');
  if (colon < 0) return [...[...ofNodes, 'upstream', 'pod'].map((kind) => `${kind}:`), ...plain];
  const [kind, subject] = [part.slice(0, colon), part.slice(colon + 1)];
  if (kind === 'pod') return (await known.objects('Pod')).map((ref) => `pod:${pathOf(ref)}`);
  if (kind === 'upstream')
    return (await known.objects('ProviderNetwork')).map(({ name }) => `upstream:${name}`);
  if (!ofNodes.includes(kind)) return [];
  const nodes = await known.nodes();
  return (await subjectsOf(kind, subject, nodes, known)).map((each) => `${kind}:${each}`);
}

/** Nodes; after a slash networks of one, and of tunnels the other end once one stands there. */
async function subjectsOf(
  kind: string,
  subject: string,
  nodes: readonly string[],
  known: KnownNames,
): Promise<readonly string[]> {
  const slash = subject.indexOf('/');
  if (slash >= 0) {
    if (kind !== 'uplink' && kind !== 'mapping') return [];
    const node = subject.slice(0, slash);
    return (await known.objects('ProviderNetwork')).map(({ name }) => `${node}/${name}`);
  }
  const first = kind === 'tunnel' ? nodes.find((node) => subject.startsWith(`${node}-`)) : undefined;
  return first === undefined
    ? nodes
    : nodes.filter((node) => node !== first).map((node) => `${first}-${node}`);
}
