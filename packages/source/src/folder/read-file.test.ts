import { expect, test } from 'vitest';
import { readText } from './read-file.ts';
import { eipText } from './testing.ts';

/** What is found in a text: code, line, message. */
function found(text: string): readonly string[] {
  return readText('f.yaml', text).findings.map(({ code, at, message }) => `${at?.line} ${code} ${message}`);
}

/** Ten times as many values on every line. */
const laughs = Array.from({ length: 9 }, (_, line) => {
  const parts = Array.from({ length: 10 }, () => (line === 0 ? 'ha' : `*l${line - 1}`));
  return `l${line}: &l${line} [${parts}]`;
}).join('\n');

/** Ten levels more on every line. */
const chain = Array.from({ length: 15 }, (_, line) => {
  return `l${line}: &l${line} ${'['.repeat(10)}${line === 0 ? 'end' : `*l${line - 1}`}${']'.repeat(10)}`;
}).join('\n');

test('every document that is no object is told, by its number', () => {
  const text = ['just a string', eipText('a'), '42', 'just a string', '[a, b]', 'true', ''].join('\n---\n');
  const { objects, doubtful } = readText('f.yaml', text);
  expect(objects.map(({ ref }) => ref.name)).toEqual(['a']);
  expect(doubtful).toBe(true);
  expect(found(text)).toEqual([
    '1 wrong-type document 1 of f.yaml: this is not an object',
    '9 wrong-type document 3 of f.yaml: this is not an object',
    '11 wrong-type document 4 of f.yaml: this is not an object',
    '13 wrong-type document 5 of f.yaml: this is not an object',
    '15 wrong-type document 6 of f.yaml: this is not an object',
  ]);
});

test('every entry of a list that is no object, and every object that does not say its kind, is told', () => {
  const text =
    'kind: List\nitems:\n- text\n- {metadata: {name: a}}\n- kind: List\n  items: [text, {metadata: {name: b}}]\n';
  expect(found(text)).toEqual([
    '3 wrong-type items[0] of f.yaml: this is not an object',
    '4 missing-field items[1] of f.yaml: the object does not say its kind',
    '6 wrong-type items[2].items[0] of f.yaml: this is not an object',
    '6 missing-field items[2].items[1] of f.yaml: the object does not say its kind',
  ]);
});

test('of a document that is not YAML the first error is told, and the documents after it are read', () => {
  const broken = 'a: b: c\nd: [\n';
  const text = [broken, eipText('a'), '"x" y', 'kind: [', ''].join('\n---\n');
  expect(readText('f.yaml', text).objects.map(({ ref }) => ref.name)).toEqual(['a']);
  expect(found(text)).toEqual([
    '1 yaml-syntax document 1 of f.yaml is not YAML: Nested mappings are not allowed in compact mappings',
    expect.stringMatching(/^11 yaml-syntax document 3 of f\.yaml is not YAML: /),
    expect.stringMatching(/^14 yaml-syntax document 4 of f\.yaml is not YAML: /),
  ]);
  expect(found(broken)).toEqual([
    '1 yaml-syntax f.yaml is not YAML: Nested mappings are not allowed in compact mappings',
  ]);
});

test.each([
  [
    'an alias inside of what it stands for',
    'a: &x [*x]',
    '1 yaml-syntax document 1 of f.yaml cannot be an object: *x stands inside of &x, which it stands for: written out it has no end',
  ],
  [
    'the same by a merge',
    'a: 1\nspec: &s\n  <<: *s\n',
    '3 yaml-syntax document 1 of f.yaml cannot be an object: *s stands inside of &s, which it stands for: written out it has no end',
  ],
  [
    'aliases of aliases',
    laughs,
    '6 yaml-syntax document 1 of f.yaml cannot be an object: with every alias written out it has more than 1000000 values',
  ],
  [
    'levels',
    `a:\n  ${'['.repeat(101)}${']'.repeat(101)}`,
    '2 yaml-syntax document 1 of f.yaml cannot be an object: it is nested more than 100 levels deep',
  ],
  [
    'levels by aliases',
    chain,
    '10 yaml-syntax document 1 of f.yaml cannot be an object: it is nested more than 100 levels deep',
  ],
  [
    'more levels than the parser has',
    `a: ${'['.repeat(20_000)}`,
    '1 yaml-syntax document 1 of f.yaml cannot be an object: it is nested more than 100 levels deep',
  ],
  [
    'a key that is none',
    'a:\n  {[b]: c}',
    '2 yaml-syntax document 1 of f.yaml cannot be an object: a key is a list or a map',
  ],
])('%s is told with its line, and the documents after it are read', (_, text, expected) => {
  const whole = `${text}\n---\n${eipText('a')}`;
  expect(readText('f.yaml', whole).objects.map(({ ref }) => ref.name)).toEqual(['a']);
  expect(readText('f.yaml', whole).doubtful).toBe(true);
  expect(found(whole)).toEqual([expected]);
});

test('an alias may be used as often as anybody likes', () => {
  const items = Array.from({ length: 500 }, (_, index) => {
    const spec = index === 0 ? '&s {externalSubnet: ext}' : '*s';
    return `- {apiVersion: kubeovn.io/v1, kind: OvnEip, metadata: {name: e${index}}, spec: ${spec}}`;
  });
  const { objects, findings } = readText('f.yaml', `kind: List\nitems:\n${items.join('\n')}\n`);
  expect(findings).toEqual([]);
  expect(objects).toHaveLength(500);
});
