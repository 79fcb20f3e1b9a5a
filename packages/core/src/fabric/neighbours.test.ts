import { type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knowsNobody, learnedIn } from './neighbours.ts';

/** SB in which router ports have learned of so many neighbours each. */
function sbWith(learned: Readonly<Record<string, number>>) {
  return snapshotOf<SbTables>(sbSchema, {
    MAC_Binding: Object.entries(learned).flatMap(([logical_port, many]) =>
      Array.from({ length: many }, (_, host) => ({ logical_port, ip: `192.0.2.${host}` })),
    ),
  });
}

test('the ports that have learned of somebody follow SB, and are the very same while no port comes or goes', () => {
  const many = fc.record({ a: fc.nat(3), b: fc.nat(3), c: fc.nat(1) });
  fc.assert(
    fc.property(fc.array(many, { minLength: 1 }), (states) => {
      let last = learnedIn(sbWith({}));
      for (const state of states) {
        const learned = learnedIn(sbWith(state));
        const ports = Object.keys(state).filter((port) => state[port as 'a'] > 0);
        expect([...(learned ?? [])].sort()).toEqual(ports);
        if ([...(last ?? [])].sort().join() === ports.join()) expect(learned).toBe(last);
        last = learned;
      }
    }),
  );
});

test("where a workload's node stands still counts what it had then, else what SB has", () => {
  const fabric = {
    claims: new Map(Object.entries({ still: 'S', going: 'G' })),
    learned: new Set(['now']),
    learnedBy: new Map([['S', new Set(['then'])]]),
  };
  const ofEach = (routerPort: string) =>
    ['still', 'going', 'unclaimed', undefined].map((port) => knowsNobody(fabric, routerPort, port));
  expect(ofEach('then')).toEqual([false, true, true, true]);
  expect(ofEach('now')).toEqual([true, false, false, false]);
  expect(knowsNobody({ claims: new Map() }, 'now', 'going')).toBe(false);
});
