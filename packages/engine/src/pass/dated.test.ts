import { changeKey, ownerKey } from '@berth/api';
import { type Change, operations, type RowChange } from '@berth/core';
import type { Operation } from '@berth/ovsdb';
import type { Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { dated, datingOf } from './dated.ts';

const row = '00000000-0000-4000-8000-000000000001' as Uuid;

function change(verb: Change['verb'], table: string, columns: Change['columns']): Change {
  const rest = { key: ['a'], unit: 'vpc/vpc1', cause: undefined, origins: [], interrupts: null };
  return { db: 'NB', uuid: row, verb, table, columns, ...rest };
}

const owned = new Map([[ownerKey, 'default']]);
const at = { number: 7, isAfter: false };

describe('a change', () => {
  it('that inserts says with which number beside the other marks', () => {
    const made = change('insert', 'NAT', { external_ids: { old: undefined, new: owned } });
    expect(operations(dated([made], at))).toMatchObject([
      { op: 'insert', row: { external_ids: new Map([...owned, [changeKey, '7']]) } },
    ]);
  });

  it('of a column replaces the number that is there, and no other mark', () => {
    const moved = change('update', 'NAT', { external_mac: { old: undefined, new: '02:00:00:00:00:01' } });
    const [, marked] = operations(dated([moved], at));
    expect(marked).toMatchObject({
      op: 'mutate',
      mutations: [
        ['external_ids', 'delete', new Set([changeKey])],
        ['external_ids', 'insert', new Map([[changeKey, '7']])],
      ],
    });
  });

  it.each<[string, Change]>([
    ['of marks alone', change('update', 'NAT', { external_ids: { old: new Map(), new: owned } })],
    ['of what packets do not meet', change('update', 'Logical_Switch_Port', { tag: { old: 1, new: 2 } })],
    [
      'of marks of a gateway',
      change('adopt', 'Gateway_Chassis', { external_ids: { old: new Map(), new: owned } }),
    ],
    ['that deletes what packets do not meet', change('delete', 'BFD', {})],
  ])('%s has no number', (_, each) => {
    expect(dated([each], at)).toEqual([each]);
    expect(datingOf(7, 3, { ms: undefined }, 0).date([each]).asking).toEqual([]);
  });

  it('that deletes has no number to put anywhere, and is asked for all the same: it is what a node lacks that stands still', () => {
    const gone = change('delete', 'NAT', { external_ids: { old: owned, new: undefined } });
    const dating = datingOf(7, 3, { ms: undefined }, 0);
    expect(dating.date([gone])).toMatchObject({ changes: [gone], asking: [{ table: 'NB_Global' }] });
  });

  it.each<[string, Change]>([
    ['of an order', change('update', 'Gateway_Chassis', { priority: { old: 1, new: 2 } })],
    ['that takes a member out', change('delete', 'Gateway_Chassis', {})],
  ])('of gateways is asked for without a number, %s', (_, each) => {
    const dating = datingOf(7, 3, { ms: undefined }, 0);
    expect(dating.date([each])).toMatchObject({ changes: [each], asking: [{ table: 'NB_Global' }] });
  });

  it('is written with what goes beside it, which is told its number', () => {
    const made = change('insert', 'NAT', { external_ids: { old: undefined, new: owned } });
    const beside: Operation = { op: 'comment', comment: 'beside' };
    const told: RowChange[] = [];
    const dating = datingOf(7, 3, { ms: undefined }, 0, (_, number) => {
      told.push(number);
      return [beside];
    });
    expect(dating.date([made]).asking).toEqual([expect.objectContaining({ op: 'mutate' }), beside]);
    expect(told).toEqual([{ number: 8, isAfter: false }]);
  });
});

describe('the number', () => {
  const made = change('insert', 'NAT', { external_ids: { old: undefined, new: owned } });
  const textOf = (changes: readonly Change[]): unknown => {
    const ids = changes[0]?.columns['external_ids']?.new;
    return ids instanceof Map ? ids.get(changeKey) : undefined;
  };

  it('is the next one, asked for in the same transaction, and goes on once that is written', () => {
    const dating = datingOf(7, 3, { ms: undefined }, 0);
    expect(textOf(dating.date([made]).changes)).toBe('8');
    expect(textOf(dating.date([made]).changes)).toBe('8');
    dating.written();
    const next = dating.date([made]);
    expect([textOf(next.changes), next.asking.length]).toEqual(['9', 1]);
  });

  it('of many chassis is asked for now and then only, and says in between after which it came', () => {
    const last = { ms: undefined };
    const first = datingOf(7, 500, last, 1_000);
    expect(first.date([made]).asking).toHaveLength(1);
    first.written();
    const soon = datingOf(8, 500, last, 2_000).date([made]);
    expect([textOf(soon.changes), soon.asking.length]).toEqual(['>8', 0]);
    const later = datingOf(8, 500, last, 11_000).date([made]);
    expect([textOf(later.changes), later.asking.length]).toEqual(['9', 1]);
  });
});
