import { expect, test, vi } from 'vitest';
import { perObject, perObjectWith } from './per-object.ts';

test('an object is asked about once', () => {
  const answer = vi.fn(({ name }: { readonly name: string }) => ({ said: name }));
  const remembered = perObject(answer);
  const [one, like] = [{ name: 'a' }, { name: 'a' }];
  expect(remembered(one)).toBe(remembered(one));
  expect(remembered(like)).toEqual(remembered(one));
  expect(remembered(like)).not.toBe(remembered(one));
  expect(answer).toHaveBeenCalledTimes(2);
});

test('an answer that is undefined is an answer', () => {
  const answer = vi.fn(() => undefined);
  const remembered = perObject(answer);
  const one = {};
  expect([remembered(one), remembered(one)]).toEqual([undefined, undefined]);
  expect(answer).toHaveBeenCalledTimes(1);
});

test('an object is asked about again when something else that counts is another', () => {
  const answer = vi.fn((of: { readonly name: string }, { by }: { readonly by: string | undefined }) => [
    of.name,
    by,
  ]);
  const remembered = perObjectWith(answer);
  const one = { name: 'a' };
  expect(remembered(one, { by: 'x' })).toBe(remembered(one, { by: 'x' }));
  expect(remembered(one, { by: undefined })).toEqual(['a', undefined]);
  expect(remembered(one, { by: 'x' })).toEqual(['a', 'x']);
  expect(answer).toHaveBeenCalledTimes(3);
});
