import { expect, test } from 'vitest';
import { readText } from './read-file.ts';
import { eipText } from './testing.ts';

/** What is found in a text: code, line, message. */
function found(text: string): readonly string[] {
  return readText('f.yaml', text).findings.map(({ code, at, message }) => `${at?.line} ${code} ${message}`);
}

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
