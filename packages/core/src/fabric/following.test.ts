import { type NbTables, nbSchema } from '@berth/ovn';
import { changeSnapshot, emptySnapshot, snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { changesOf, following } from './following.ts';

type Nb = Parameters<typeof changeSnapshot<NbTables>>[0];

/** Says from what it went on, and which switches changed since. */
function traced() {
  const follow = following(
    ({ name }: { readonly name: string }) => [name],
    (made, changed, _nb: Nb) => {
      const names = changesOf(changed, 'Logical_Switch').map(
        ({ before, after }) => `${(before ?? after)?.['name']}`,
      );
      return [...made, `${names.sort()}`];
    },
  );
  return follow;
}

const tables = ['Logical_Switch', 'NAT'];
const switches = snapshotOf<NbTables>(nbSchema, { Logical_Switch: [{ name: 'a' }, { name: 'b' }] });
const rows = [...switches.table('Logical_Switch')];
const withRow = (nb: Nb, name: string): Nb =>
  changeSnapshot(nb, [
    {
      table: 'Logical_Switch',
      changes: rows.flatMap((after) => (after.name === name ? [{ uuid: after._uuid, after }] : [])),
    },
  ]);
const none = emptySnapshot<NbTables>(nbSchema, tables);
const [one, other] = [{}, {}];

test('what is made of a database goes on with what changed since the same asker was here', () => {
  const follow = traced();
  const first = withRow(none, 'a');
  expect(follow(one, first, { name: 'x' })).toEqual(['x', 'a']);
  expect(follow(one, withRow(first, 'b'), { name: 'x' })).toEqual(['x', 'a', 'b']);
  expect(follow(other, withRow(first, 'b'), { name: 'x' })).toEqual(['x', 'a,b']);
});

test('it begins again for others, another database and other tables', () => {
  const follow = traced();
  const first = withRow(none, 'a');
  const again = (schema = nbSchema, of = tables, name = 'x') =>
    follow(one, withRow(emptySnapshot<NbTables>(schema, of), 'a'), { name });
  expect(follow(one, first, { name: 'x' })).toEqual(['x', 'a']);
  expect(again(nbSchema, tables, 'y')).toEqual(['y', 'a']);
  expect(again({ ...nbSchema }, tables, 'y')).toEqual(['y', 'a']);
  expect(again(nbSchema, ['Logical_Switch'], 'y')).toEqual(['y', 'a']);
});

test('it begins again where following failed', () => {
  let isBroken = false;
  const follow = following(
    () => ({ count: 0 }),
    (made, changed, _nb: Nb) => {
      made.count += changesOf(changed, 'Logical_Switch').length;
      if (isBroken) throw new Error('broken');
      return made;
    },
  );
  const first = withRow(none, 'a');
  expect(follow(one, first, {}).count).toBe(1);
  isBroken = true;
  expect(() => follow(one, withRow(first, 'b'), {})).toThrow('broken');
  isBroken = false;
  expect(follow(one, withRow(first, 'b'), {}).count).toBe(2);
});
