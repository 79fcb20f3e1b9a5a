import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BaseType, ColumnType } from '../schema/column-type.ts';
import { defaultOf } from '../schema/default.ts';
import { decoderOf } from './decode.ts';
import { applyDifference, differenceOf } from './difference.ts';
import { encodeValue } from './encode.ts';
import { equalValues } from './equality.ts';
import type { Atom, Value } from './value.ts';

const atomArbitraries: Record<BaseType['kind'], fc.Arbitrary<Atom>> = {
  integer: fc.integer(),
  real: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  boolean: fc.boolean(),
  string: fc.string({ maxLength: 4 }),
  uuid: fc.uuid(),
};

const base: fc.Arbitrary<BaseType> = fc
  .constantFrom<BaseType['kind']>('integer', 'real', 'boolean', 'string', 'uuid')
  .map((kind) => ({ kind }));

const max = fc.constantFrom<number | 'unlimited'>(1, 100, 'unlimited');

const columnType: fc.Arbitrary<ColumnType> = fc.oneof(
  base.map((key): ColumnType => ({ kind: 'atom', key })),
  base.map((key): ColumnType => ({ kind: 'optional', key })),
  base.map((key): ColumnType => ({ kind: 'set', key, min: 0, max: 'unlimited' })),
  fc
    .tuple(base, base, max)
    .map(([key, value, max]): ColumnType => ({ kind: 'map', key, value, min: 0, max })),
);

function valuesOf(type: ColumnType): fc.Arbitrary<Value> {
  const key = atomArbitraries[type.key.kind];
  switch (type.kind) {
    case 'atom':
      return key;
    case 'optional':
      return fc.option(key, { nil: undefined });
    case 'set':
      return fc.array(key, { maxLength: 50 }).map((atoms) => new Set(atoms));
    case 'map': {
      const maxLength = type.max === 1 ? 1 : 50;
      return fc
        .array(fc.tuple(key, atomArbitraries[type.value.kind]), { maxLength })
        .map((pairs) => new Map(pairs));
    }
  }
}

const pair = columnType.chain((type) => fc.tuple(fc.constant(type), valuesOf(type), valuesOf(type)));

/** The value as the client would hold it after reading it from the server. */
function read(type: ColumnType, value: Value): Value {
  return decoderOf(type, 'T.c')(JSON.parse(JSON.stringify(encodeValue(type, value, 'T.c'))));
}

describe('notation', () => {
  test('a value comes back as it was written', () => {
    fc.assert(
      fc.property(pair, ([type, value]) => {
        expect(equalValues(read(type, value), value)).toBe(true);
      }),
    );
  });

  test('equal values give equal text, whatever order they were made in', () => {
    fc.assert(
      fc.property(pair, ([type, value]) => {
        const reversed = value instanceof Set || value instanceof Map ? rebuild(value) : value;
        expect(JSON.stringify(encodeValue(type, reversed, 'T.c'))).toBe(
          JSON.stringify(encodeValue(type, value, 'T.c')),
        );
      }),
    );
  });

  test('defaults can be written and read', () => {
    fc.assert(
      fc.property(columnType, (type) => {
        expect(equalValues(read(type, defaultOf(type)), defaultOf(type))).toBe(true);
      }),
    );
  });
});

describe('equality', () => {
  test('does not depend on how a value is held', () => {
    fc.assert(
      fc.property(pair, ([type, left, right]) => {
        expect(equalValues(read(type, left), read(type, right))).toBe(equalValues(left, right));
        expect(equalValues(read(type, left), right)).toBe(equalValues(left, right));
        expect(equalValues(right, left)).toBe(equalValues(left, right));
      }),
    );
  });
});

describe('difference', () => {
  test('apply(difference(a, b), a) = b', () => {
    fc.assert(
      fc.property(pair, fc.boolean(), ([type, left, right], asRead) => {
        const [before, after] = asRead ? [read(type, left), read(type, right)] : [left, right];
        expect(equalValues(applyDifference(type, before, differenceOf(type, before, after)), after)).toBe(
          true,
        );
      }),
    );
  });

  test('applying leaves the value it starts from as it was', () => {
    fc.assert(
      fc.property(pair, ([type, left, right]) => {
        const before = read(type, left);
        applyDifference(type, before, differenceOf(type, before, right));
        expect(equalValues(before, left)).toBe(true);
      }),
    );
  });

  test('the difference of a set or map from itself is empty', () => {
    fc.assert(
      fc.property(pair, ([type, value]) => {
        fc.pre(type.kind === 'set' || (type.kind === 'map' && type.max !== 1));
        expect(equalValues(differenceOf(type, value, value), defaultOf(type))).toBe(true);
      }),
    );
  });
});

function rebuild(value: ReadonlySet<Atom> | ReadonlyMap<Atom, Atom>): Value {
  if (value instanceof Map) return new Map([...value].reverse());
  return new Set<Atom>([...value.keys()].reverse());
}
