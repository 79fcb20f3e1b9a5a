import { expect, test, vi } from 'vitest';
import { fewThenAll } from './few-then-all.ts';

test('a few names are looked for one by one, each once, and all others in an index that is made once', () => {
  const names = Array.from({ length: 40 }, (_, place) => `n${place}`);
  const findOne = vi.fn((name: string) => names.find((each) => each === name)?.length);
  const index = vi.fn(() => new Map(names.map((name) => [name, name.length])));
  const found = fewThenAll(findOne, index);
  expect([found.get('n1'), found.get('n1'), found.get('none'), found.get('none')]).toEqual([
    2,
    2,
    undefined,
    undefined,
  ]);
  expect(findOne).toHaveBeenCalledTimes(2);
  expect(index).not.toHaveBeenCalled();
  expect(names.map((name) => found.get(name))).toEqual(names.map(({ length }) => length));
  expect(found.get('none')).toBeUndefined();
  expect(index).toHaveBeenCalledTimes(1);
  expect(findOne.mock.calls.length).toBeLessThan(names.length / 2);
});
