import type { Resource } from '@berth/api';
import type { Row, Value } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { compiledTables } from '../compile/compile.ts';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { madeByOthers } from '../testing/made-by-others.ts';
import { carryOut, damaged, desiredRows, type Nb, planNb, programmed } from '../testing/program.ts';
import { subnet } from '../testing/resources.ts';
import type { Plan } from './change.ts';
import { giveBack } from './give-back.ts';
import { plan } from './plan.ts';

const found = madeByOthers(programmed(fieldStory, fieldFabric));
const desired = desiredRows(fieldStory, fieldFabric);

/** What somebody else left, with some columns of one row otherwise. */
function foundWith(table: string, name: string, columns: Readonly<Record<string, Value>>): Nb {
  const nb = damaged(found, (at, row) =>
    at === table && row['name'] === name ? { ...row, ...columns } : row,
  );
  if ([...found.table('Logical_Switch_Port')].every((row) => row.name !== name) && table !== 'Load_Balancer')
    throw new Error(`there is no ${name}`);
  return nb;
}

const port = (name: string, columns: Readonly<Record<string, Value>>): Nb =>
  foundWith('Logical_Switch_Port', name, columns);

const effects = ({ changes }: Plan): readonly string[] =>
  changes.flatMap(({ interrupts }) => interrupts?.flows ?? []).map(({ effect }) => effect);

const routerMac = macOf(found, 'vpc1-vpc1-subnet1');
const external = macOf(found, 'vpc1-external0');

function macOf(nb: Nb, name: string): string {
  const row = [...nb.table('Logical_Router_Port')].find((each) => each.name === name);
  if (!row) throw new Error(`there is no ${name}`);
  return String(row.mac);
}

describe('a switch’s port to a router with addresses of its own', () => {
  it.each([
    ['vpc1-subnet1-vpc1', `${routerMac} 192.168.0.1`],
    ['vpc1-subnet1-vpc1', `${routerMac.toUpperCase()} 192.168.0.1/24`],
    ['vpc1-subnet1-vpc1', routerMac],
    ['external0-vpc1', external],
  ])('%s: %s goes by its router port from then on, and nobody misses it', (name, addresses) => {
    const before = port(name, { addresses: new Set([addresses]) });
    const made = planNb(desired, before, 'quietly');
    expect(made.left).toBeUndefined();
    expect(effects(made)).toEqual([]);
    const after = carryOut(made, before);
    expect(planNb(desired, after, true).changes).toEqual([]);
    const undone = giveBack({
      db: 'NB',
      desired,
      observed: after,
      tables: compiledTables,
      instance: 'default',
    });
    const row = [...carryOut(undone.plan, after).table('Logical_Switch_Port')].find(
      (each) => each.name === name,
    );
    expect(row?.addresses).toEqual(new Set([addresses]));
  });

  it('stays where the switch answers for an address that the router does not have', () => {
    const before = port('vpc1-subnet1-vpc1', {
      addresses: new Set([`${routerMac} 192.168.0.1 192.168.0.254`]),
    });
    expect(effects(planNb(desired, before, true))).toEqual([
      'nobody answers for 192.168.0.254 any more: what uses it as its way out loses it',
    ]);
    expect(planNb(desired, before, 'quietly').left).toHaveLength(1);
  });

  it('does not get addresses back that would lead to a MAC which the router has no more', () => {
    const addresses = new Set([`${routerMac} 192.168.0.1`]);
    const before = port('vpc1-subnet1-vpc1', { addresses });
    const taken = carryOut(planNb(desired, before, 'quietly'), before);
    const moved = damaged(taken, (_, row) =>
      row['name'] === 'vpc1-vpc1-subnet1' ? { ...row, mac: '02:00:00:00:00:77' } : row,
    );
    const { plan } = giveBack({
      db: 'NB',
      desired,
      observed: moved,
      tables: compiledTables,
      instance: 'default',
    });
    const row = [...carryOut(plan, moved).table('Logical_Switch_Port')].find(
      ({ name }) => name === 'vpc1-subnet1-vpc1',
    );
    expect(row?.addresses).toEqual(new Set(['router']));
    const told = plan.findings.filter(({ object }) => object?.kind === 'Subnet');
    expect(told.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      `not-given-back: the addresses of switch port vpc1-subnet1-vpc1 were ${routerMac} 192.168.0.1 when it was taken over: they stay router, as the router's MAC is another one`,
    ]);
  });
});

describe('taking over quietly', () => {
  const other = { addresses: new Set(['0a:00:00:00:00:77 192.168.0.77']) };

  it('changes a port that no chassis has', () => {
    const made = planNb(desired, port('web.default', { ...other, up: false }), 'quietly');
    expect([made.left, effects(made)]).toEqual([undefined, []]);
  });

  it.each([
    ['has', { ...other, up: true }],
    ['may have, as nothing is said', other],
    ['has under another type', { type: 'virtual' }],
  ])('leaves a port that a chassis %s, names it, and takes all others', (_, columns) => {
    const before = port('web.default', columns);
    const made = planNb(desired, before, 'quietly');
    const whole = planNb(desired, before, true);
    expect(whole.summary.interrupting).toBe(1);
    expect(made.summary).toMatchObject({ adopt: whole.summary.adopt - 1, interrupting: 0 });
    expect(made.left).toMatchObject([{ db: 'NB', table: 'Logical_Switch_Port' }]);
    expect(made.findings.map(({ code, object, cure }) => [code, object?.name, cure])).toEqual([
      [
        'row-clash',
        'web.default',
        expect.stringMatching(/^have object and row say the same and adopt again, or/),
      ],
    ]);
    // Whoever looks after it from then on changes nothing about it, and says the same of it.
    const after = planNb(desired, carryOut(made, before));
    expect(after.changes).toEqual([]);
    expect(after.findings).toEqual(made.findings);
  });

  it.each([
    ['where it is to be bound', 'chassis-vnode-103-176', []],
    ['elsewhere', 'chassis-b', ['it runs on b and would be bound to a: its traffic stops']],
  ])('binds a port to its chassis only where that has it: it is %s', (_, claim, expected) => {
    const unbound = port('web.default', { options: new Map() });
    const seen = {
      claims: new Map([['web.default', claim]]),
      nodeNames: new Map([
        ['chassis-vnode-103-176', 'a'],
        ['chassis-b', 'b'],
      ]),
    };
    const input = {
      db: 'NB',
      desired,
      observed: unbound,
      tables: compiledTables,
      instance: 'default',
    } as const;
    expect(effects(plan({ ...input, ...seen, adopt: true }))).toEqual(expected);
    expect(plan({ ...input, ...seen, adopt: 'quietly' }).left ?? []).toHaveLength(expected.length);
    expect(effects(plan({ ...input, adopt: true }))).toEqual([]);
  });

  it('leaves a port that another switch has, which would lose it', () => {
    const more: readonly Resource[] = fieldStoryWith(
      subnet('other', { vpc: 'vpc1', cidrBlock: '192.168.9.0/24' }),
    );
    const whole = madeByOthers(programmed(more, fieldFabric));
    const held = [...whole.table('Logical_Switch_Port')].find(({ name }) => name === 'web.default')?._uuid;
    const elsewhere = damaged(whole, (table, row: Row) => {
      if (table !== 'Logical_Switch' || !(row['ports'] instanceof Set) || held === undefined) return row;
      const ports = new Set([...row['ports']].filter((each) => each !== held));
      return { ...row, ports: row['name'] === 'other' ? new Set([...ports, held]) : ports };
    });
    const asked = desiredRows(more, fieldFabric);
    expect(effects(planNb(asked, elsewhere, true))).toEqual(['leaves other: what uses it there stops']);
    expect(planNb(asked, elsewhere, 'quietly').left).toHaveLength(1);
  });

  it('leaves what hangs on a row that it leaves', () => {
    const networks = new Set(['10.9.101.77/24']);
    const before = damaged(found, (_, row) =>
      row['name'] === 'vpc1-external0' ? { ...row, networks } : row,
    );
    const made = planNb(desired, before, 'quietly');
    expect(made.left).toMatchObject([{ table: 'Logical_Router_Port' }]);
    expect(made.changes.filter(({ table }) => table === 'Gateway_Chassis')).toEqual([]);
    expect(planNb(desired, carryOut(made, before)).changes).toEqual([]);
  });
});
