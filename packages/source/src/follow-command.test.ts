import { expect, test } from 'vitest';
import { isFollowed, notFollowedText } from './follow-command.ts';

test('the epoch that NB carries is followed, however it is written down', () => {
  for (const word of ['7', ' 7 ']) expect(isFollowed(word, 7)).toBe(true);
  for (const word of [undefined, '', '6', '8', 'yes', '7.5']) expect(isFollowed(word, 7)).toBe(false);
});

test.each([
  ['6', 'the epoch of an earlier lead'],
  ['8', 'an epoch that no lead has'],
  ['yes', 'no epoch of a lead'],
  ['', 'no epoch of a lead'],
])('of the word "%s" it is said why it counts for nothing', (word, why) => {
  expect(notFollowedText(word, 7)).toBe(
    `its Lease has berth.dev/take-over "${word}", which is ${why} and lets it follow nobody: NB carries 7`,
  );
});

test('nothing is said where nothing was written, or the right word', () => {
  for (const word of [undefined, '7']) expect(notFollowedText(word, 7)).toBeUndefined();
});
