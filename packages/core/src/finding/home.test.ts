import { expect, test } from 'vitest';
import { startingText, waysOf } from './home.ts';

test.each([
  ['folder', 'start berth run, or do it once with berth apply'],
  ['cluster', 'start berth-controller'],
  ['lab-cluster', 'start berth run --kube'],
  [undefined, 'start the controller'],
] as const)('objects of %s: %s', (home, text) => {
  expect(startingText(home)).toBe(text);
  // There is no `berth apply --kube`.
  if (home !== 'folder') expect(waysOf(home).once).toBeUndefined();
});
