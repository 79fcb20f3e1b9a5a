import { describe, expect, it } from 'vitest';
import { remembering, sameContents } from './remembering.ts';

describe('a function that remembers', () => {
  it('is asked once for the same, and again for something else', () => {
    const asked: number[] = [];
    const square = remembering(
      (value: number) => {
        asked.push(value);
        return { square: value * value };
      },
      Object.is,
      ({ square: result }) => result !== 9,
    );
    const four = square(2);
    expect(square(2)).toBe(four);
    expect([square(3), square(3), square(2)]).toEqual([{ square: 9 }, { square: 9 }, { square: 4 }]);
    expect(asked).toEqual([2, 3, 3, 2]);
  });
});

describe('contents', () => {
  const made = () => ({ list: [1, { a: 'x' }], map: new Map([['k', new Set(['v'])]]), none: undefined });

  it('are the same where they are made alike', () => {
    expect(sameContents(made(), made())).toBe(true);
  });

  it.each([
    { ...made(), list: [1] },
    { ...made(), list: [1, { a: 'y' }] },
    { ...made(), map: new Map([['k', new Set(['w'])]]) },
    { ...made(), map: new Map() },
    { ...made(), more: 1 },
    { ...made(), map: {} },
    null,
  ])('are told apart: %j', (other) => {
    expect(sameContents(made(), other)).toBe(false);
    expect(sameContents(other, made())).toBe(false);
  });
});
