import { expect, test } from 'vitest';
import { nextText } from './lab-up-text.ts';

test('a lab that is alone needs no name, another one does', () => {
  expect(nextText('lab', [], false)).toBe('Next: berth run -f DIR\n');
  expect(nextText('blue', [], true)).toBe('Next: berth run --kube --lab blue\n');
});

test('where other labs run they are named, and how to say which is meant', () => {
  expect(nextText('lab', ['red', 'blue'], false)).toBe(
    'Next: berth run -f DIR --lab lab\nlabs that run: blue, lab, red; every command needs to know which: --lab lab, or export BERTH_LAB=lab\n',
  );
});
