import { formerKey, originKey, ownerKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { compiledTables } from '../compile/compile.ts';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { carryOut, damaged, desiredRows, emptyNb, planNb, programmed } from '../testing/program.ts';
import { fip } from '../testing/resources.ts';
import type { Plan } from './change.ts';
import { operations } from './operations.ts';

const story = desiredRows(fieldStory, fieldFabric);
const nb = programmed(fieldStory, fieldFabric);

/** `update NAT vpc1 … : external_mac`: the changes of a plan as lines. */
function lines({ changes }: Pick<Plan, 'changes'>): readonly string[] {
  return changes.map(({ verb, table, key, columns }) => {
    const what = verb === 'update' || verb === 'adopt' ? `: ${Object.keys(columns).join(' ')}` : '';
    return `${verb} ${table} ${key.filter((part) => part !== '').join(' ')}${what}`;
  });
}

const uuid = (text: string): Uuid => text as Uuid;
const handMade = uuid('00000000-0000-4000-8000-00000000000a');

describe('a plan', () => {
  it('of what is there is empty', () => {
    expect(planNb(story, nb)).toEqual({
      changes: [],
      findings: [],
      summary: { insert: 0, update: 0, delete: 0, adopt: 0, interrupting: 0 },
    });
  });

  it.each([
    ['Logical_Switch_Port', 'web.default'],
    ['Logical_Switch_Port', 'vpc1-subnet1-vpc1'],
    ['Logical_Switch_Port', 'localnet.external0'],
    ['Logical_Router_Port', 'vpc1-external0'],
    ['Logical_Router', 'vpc1'],
  ])('enables %s %s, and leaves it where somebody said that it is', (wanted, name) => {
    const having = (enabled: boolean) =>
      damaged(nb, (table, row) => (table === wanted && row['name'] === name ? { ...row, enabled } : row));
    expect(lines(planNb(story, having(true)))).toEqual([]);
    const mended = planNb(story, having(false));
    expect(lines(mended)).toEqual([`update ${wanted} ${name}: enabled`]);
    expect(lines(planNb(story, carryOut(mended, having(false))))).toEqual([]);
    expect(mended.summary.interrupting).toBe(0);
  });

  it('lets no other group decide about the gateways of a router port', () => {
    const overruled = damaged(nb, (table, row) =>
      table === 'Logical_Router_Port' && row['name'] === 'vpc1-external0'
        ? { ...row, ha_chassis_group: handMade }
        : row,
    );
    const mended = planNb(story, overruled);
    expect(lines(mended)).toEqual(['update Logical_Router_Port vpc1-external0: ha_chassis_group']);
    // The one floating IP is distributed: no gateway answers for it.
    expect(mended.summary.interrupting).toBe(0);
    expect(lines(planNb(story, carryOut(mended, overruled)))).toEqual([]);
  });

  it('takes away port security that keeps a port from its address, and no other', () => {
    const having = (of: (addresses: string) => string) =>
      damaged(nb, (table, row) =>
        table === 'Logical_Switch_Port' && row['name'] === 'web.default'
          ? { ...row, port_security: new Set([of([...(row['addresses'] as Set<string>)].join())]) }
          : row,
      );
    expect(
      lines(
        planNb(
          story,
          having((addresses) => addresses),
        ),
      ),
    ).toEqual([]);
    const mended = planNb(
      story,
      having(() => '00:00:00:00:09:09'),
    );
    expect(lines(mended)).toEqual(['update Logical_Switch_Port web.default: port_security']);
  });

  it('inserts parents before children and counts', () => {
    const made = planNb(story, emptyNb);
    const place = new Map(made.changes.map((change, index) => [change.uuid, index]));
    for (const { uuid: own, parent } of made.changes)
      if (parent) expect(place.get(parent.uuid)).toBeLessThan(place.get(own) ?? -1);
    expect(made.summary).toEqual({ insert: story.length, update: 0, delete: 0, adopt: 0, interrupting: 0 });
  });

  it('marks every row as ours, with the object it is for', () => {
    for (const { row, cause } of [...nb.table('NAT')].map((each) => ({ row: each, cause: 'ovn-fip/web' }))) {
      expect(row.external_ids).toEqual(
        new Map([
          [ownerKey, 'default'],
          [originKey, cause],
        ]),
      );
    }
  });

  it('changes two columns of one row for one changed field', () => {
    const after = desiredRows(
      fieldStoryWith(fip('web', { ovnEip: 'web', ipName: 'web.default', type: 'centralized' })),
      fieldFabric,
    );
    const made = planNb(after, nb);
    expect(lines(made)).toEqual(['update NAT vpc1 dnat_and_snat 10.9.101.9: logical_port external_mac']);
    const [change] = made.changes;
    expect(change?.columns).toEqual({
      logical_port: { old: 'web.default', new: undefined },
      external_mac: { old: '36:3e:6d:8f:9f:31', new: undefined },
    });
    expect(change?.origins).toEqual([{ object: { kind: 'OvnFip', name: 'web' }, field: 'spec.type' }]);
    expect(operations(made.changes)).toHaveLength(1);
  });

  it('removes children before parents, and roots only by name', () => {
    const made = planNb([], nb);
    expect(made.summary.delete).toBe(story.length);
    const place = new Map(made.changes.map((change, index) => [change.uuid, index]));
    for (const { uuid: own, formerParents } of made.changes)
      for (const holder of formerParents ?? [])
        expect(place.get(holder.uuid)).toBeGreaterThan(place.get(own) ?? Number.POSITIVE_INFINITY);
    expect(operations(made.changes).map(({ op }) => op)).toEqual(['delete', 'delete', 'delete']);
    const left = carryOut(made, nb);
    for (const table of compiledTables) expect([...left.table(table as 'NAT')]).toEqual([]);
  });

  it('removes one row by taking it out of the set that holds it', () => {
    const rest = story.filter(({ table }) => table !== 'NAT');
    const made = planNb(rest, nb);
    expect(lines(made)).toEqual(['delete NAT vpc1 dnat_and_snat 10.9.101.9']);
    expect(made.changes[0]?.cause).toEqual({ kind: 'OvnFip', name: 'web' });
    expect(operations(made.changes)).toMatchObject([{ op: 'mutate', table: 'Logical_Router' }]);
    expect([...carryOut(made, nb).table('NAT')]).toEqual([]);
  });
});

describe('damage', () => {
  it('to a column is repaired, and the row keeps its UUID', () => {
    const broken = damaged(nb, (table, row) =>
      table === 'NAT' ? { ...row, logical_ip: '192.168.0.66' } : row,
    );
    expect(lines(planNb(story, broken))).toEqual(['update NAT vpc1 dnat_and_snat 10.9.101.9: logical_ip']);
  });

  it('to the marks is repaired: a row with our UUID and no owner is ours', () => {
    const broken = damaged(nb, (table, row) => (table === 'NAT' ? { ...row, external_ids: new Map() } : row));
    const made = planNb(story, broken);
    expect(lines(made)).toEqual(['update NAT vpc1 dnat_and_snat 10.9.101.9: external_ids']);
    expect(planNb(story, carryOut(made, broken)).changes).toEqual([]);
  });

  it('of a whole NB is repaired to the same rows', () => {
    const again = carryOut(planNb(story, emptyNb), emptyNb);
    expect(planNb(story, again).changes).toEqual([]);
    for (const table of compiledTables)
      expect([...again.table(table as 'NAT')]).toEqual([...nb.table(table as 'NAT')]);
  });

  it('by a second row of ours under one key is removed', () => {
    const [nat] = nb.table('NAT');
    const twice = damaged(
      nb,
      (table, row) =>
        table === 'Logical_Router' ? { ...row, nat: new Set([nat?._uuid ?? '', handMade]) } : row,
      { NAT: [{ ...nat, _uuid: handMade }] },
    );
    const made = planNb(story, twice);
    expect(made.changes.map(({ verb, uuid: own }) => [verb, own])).toEqual([['delete', handMade]]);
  });
});

describe('rows of others', () => {
  const foreignSwitch = { _uuid: handMade, name: 'vpc1-subnet1', external_ids: new Map([['by', 'hand']]) };
  const clashing = snapshotOf<NbTables>(nbSchema, { Logical_Switch: [foreignSwitch] });

  it('under a name of ours are a finding, what they would hold waits, the rest is programmed', () => {
    const made = planNb(story, clashing);
    expect(made.findings).toMatchObject([
      {
        code: 'row-clash',
        object: { kind: 'Subnet', name: 'vpc1-subnet1' },
        message: `the Logical_Switch row vpc1-subnet1 (${handMade}) was not made by Berth`,
        cure: `take it over: berth adopt (-f DIR or --kube) shows what that changes, and with --yes does it while no controller of Berth is at work, unless that interrupts traffic, or remove it (ovn-nbctl ls-del ${handMade})`,
      },
    ]);
    const waits = ['vpc1-subnet1', 'vpc1-subnet1-vpc1', 'web.default'];
    const expected = story.filter(({ key }) => !waits.includes(key[0] ?? '')).map(({ uuid: own }) => own);
    expect(new Set(made.changes.map((change) => change.uuid))).toEqual(new Set(expected));
    expect(carryOut(made, clashing).table('Logical_Switch').get(handMade)).toMatchObject(foreignSwitch);
  });

  it('are named with their instance where they belong to another Berth', () => {
    const other = damaged(clashing, (_, row) => ({ ...row, external_ids: new Map([[ownerKey, 'blue']]) }));
    expect(planNb(story, other).findings[0]?.message).toContain('belongs to the Berth instance blue');
  });

  it('are taken over with adopt: UUID and foreign keys stay, the marks are added, children are hung on them', () => {
    const made = planNb(story, clashing, true);
    expect(made.findings).toEqual([]);
    expect(made.summary.adopt).toBe(1);
    expect(made.changes.find(({ verb }) => verb === 'adopt')?.uuid).toBe(handMade);
    const after = carryOut(made, clashing);
    const taken = after.table('Logical_Switch').get(handMade);
    expect(taken?.external_ids).toEqual(
      new Map([
        ['by', 'hand'],
        [ownerKey, 'default'],
        [originKey, 'subnet/vpc1-subnet1'],
        [formerKey, '[{},{}]'],
      ]),
    );
    expect(taken?.ports.size).toBe(2);
    expect(planNb(story, after).changes).toEqual([]);
  });

  it('that appear above rows of ours do not make those go', () => {
    const taken = damaged(nb, (table, row) =>
      table === 'Logical_Router' ? { ...row, external_ids: new Map([[ownerKey, 'blue']]) } : row,
    );
    const made = planNb(story, taken);
    expect(made.findings.map(({ code }) => code)).toEqual(['row-clash']);
    expect(made.changes).toEqual([]);
  });

  it('inside a row of ours that nobody wants keep that row, with a finding, until they are gone', () => {
    const guest = { _uuid: handMade, name: 'guest' };
    const visited = damaged(
      nb,
      (table, row) =>
        table === 'Logical_Switch' && row['name'] === 'vpc1-subnet1'
          ? { ...row, ports: new Set([...(row['ports'] as ReadonlySet<string>), handMade]) }
          : row,
      { Logical_Switch_Port: [guest] },
    );
    const made = planNb([], visited);
    const after = carryOut(made, visited);
    expect(made.findings).toMatchObject([
      {
        code: 'row-clash',
        object: { kind: 'Subnet', name: 'vpc1-subnet1' },
        message: expect.stringMatching(
          / is not needed any more and stays for what it holds and Berth may not remove: Logical_Switch_Port guest \(/,
        ),
        cure: `remove what it holds (ovn-nbctl lsp-del ${handMade}): the row goes with the next pass then; to keep both make subnet/vpc1-subnet1 again`,
        rows: [{ table: 'Logical_Switch' }, { table: 'Logical_Switch_Port', uuid: handMade }],
      },
    ]);
    expect([...after.table('Logical_Switch')].map(({ name }) => name)).toEqual(['vpc1-subnet1']);
    expect([...after.table('Logical_Switch_Port')].map(({ name }) => name)).toEqual(['guest']);
    const gone = damaged(after, (table, row) =>
      table === 'Logical_Switch_Port' ? undefined : { ...row, ports: new Set() },
    );
    expect(lines(planNb([], gone))).toEqual(['delete Logical_Switch vpc1-subnet1']);
  });

  it('on a switch to the outside keep the port that leads there', () => {
    const guest = { _uuid: handMade, name: 'guest', type: 'router' };
    const visited = damaged(
      nb,
      (table, row) =>
        table === 'Logical_Switch' && row['name'] === 'external0'
          ? { ...row, ports: new Set([...(row['ports'] as ReadonlySet<string>), handMade]) }
          : row,
      { Logical_Switch_Port: [guest] },
    );
    const after = carryOut(planNb([], visited), visited);
    expect([...after.table('Logical_Switch_Port')].map(({ name }) => name).sort()).toEqual([
      'guest',
      'localnet.external0',
    ]);
    expect(lines(planNb([], after))).toEqual([]);
    const gone = damaged(after, (table, row) => {
      if (table !== 'Logical_Switch') return row['name'] === 'guest' ? undefined : row;
      return {
        ...row,
        ports: new Set([...(row['ports'] as ReadonlySet<string>)].filter((each) => each !== handMade)),
      };
    });
    expect(lines(planNb([], gone)).toSorted()).toEqual([
      'delete Logical_Switch external0',
      'delete Logical_Switch_Port localnet.external0',
    ]);
  });

  it('beside ours are left alone', () => {
    const strangers = snapshotOf<NbTables>(nbSchema, {
      Logical_Switch: [{ name: 'theirs', ports: new Set([handMade]) }],
      Logical_Switch_Port: [{ _uuid: handMade, name: 'theirs-1' }],
    });
    const after = carryOut(planNb(story, strangers), strangers);
    expect(after.table('Logical_Switch_Port').get(handMade)).toBe(
      strangers.table('Logical_Switch_Port').get(handMade),
    );
    expect(carryOut(planNb([], after), after).table('Logical_Switch').size).toBe(1);
  });
});
