import { ownerKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { type Columns, snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { describe, expect, test } from 'vitest';
import { statusWrites } from '../status/status-writes.ts';
import { fieldFabric, fieldStory } from '../testing/field-story.ts';
import { damaged, desiredRows, planNb, programmed } from '../testing/program.ts';
import { settle } from '../testing/settle.ts';

const handMade = '00000000-0000-4000-8000-000000000001' as Uuid;
const story = desiredRows(fieldStory, fieldFabric);
const nb = programmed(fieldStory, fieldFabric);

/** NB with the NAT of the story in somebody else's hand, leading elsewhere. */
function withNat(ids: ReadonlyMap<string, string>) {
  const other = {
    ...{ _uuid: handMade, type: 'dnat_and_snat', external_ip: '10.9.101.9', logical_ip: '192.168.0.77' },
    external_ids: ids,
  };
  return damaged(
    nb,
    (table, row) =>
      table === 'NAT' ? undefined : table === 'Logical_Router' ? { ...row, nat: new Set([handMade]) } : row,
    { NAT: [other] },
  );
}

describe('a row of somebody else in the place of ours', () => {
  test('is told with its UUID, whose it is, what it says, and how they come to agree', () => {
    const { findings, changes } = planNb(story, withNat(new Map()));
    expect(changes).toEqual([]);
    expect(findings).toMatchObject([
      {
        code: 'row-clash',
        object: { kind: 'OvnFip', name: 'web' },
        message: expect.stringContaining(
          `the NAT row vpc1 dnat_and_snat 10.9.101.9 (${handMade}) was not made by Berth: `,
        ),
        cure: expect.stringMatching(/^have object and row say the same and adopt again, or/),
        rows: [
          {
            ...{ db: 'NB', table: 'NAT', uuid: handMade },
            columns: ['external_mac', 'logical_ip', 'logical_port'],
          },
        ],
      },
    ]);
    const [found] = findings;
    expect(found?.message).toContain('logical_ip=192.168.0.77 (asked for: 192.168.0.4)');
    expect(found?.message).toContain('logical_port=none (asked for: web.default)');
  });

  test.each([
    [new Map([['vendor', 'kube-ovn']]), 'was made by kube-ovn and not by Berth'],
    [new Map([['neutron:fip_id', 'x']]), 'was made by OpenStack Neutron and not by Berth'],
    [new Map([[ownerKey, 'blue']]), 'belongs to the Berth instance blue'],
  ])('is said to be whose it is: %s', (ids, whose) => {
    const [found] = planNb(story, withNat(ids)).findings;
    expect(found?.message).toContain(whose);
  });
});

describe('a port of somebody else', () => {
  /** NB with the port of the story in somebody else's hand. */
  const withPort = (columns: Columns) => {
    const found = [...nb.table('Logical_Switch_Port')].find(({ name }) => name === 'web.default');
    if (!found) throw new Error('there is no web.default');
    return damaged(
      nb,
      (table, row) => {
        if (row._uuid === found._uuid) return undefined;
        const ports = table === 'Logical_Switch' && row['ports'] instanceof Set ? row['ports'] : undefined;
        if (!ports?.has(found._uuid)) return row;
        return { ...row, ports: new Set([...ports].map((each) => (each === found._uuid ? handMade : each))) };
      },
      { Logical_Switch_Port: [{ ...found, _uuid: handMade, external_ids: new Map(), ...columns }] },
    );
  };
  const other = { addresses: new Set(['0a:00:00:00:00:77 192.168.0.77']) };
  const toldOf = (columns: Columns) =>
    planNb(story, withPort(columns)).findings.map(({ message, cure }) => [
      message.includes('taking it over would interrupt traffic'),
      cure.split(/ /, 3).join(' '),
      cure.includes(`lsp-del ${handMade}`),
    ]);

  test.each([
    ['is as asked for, and a chassis has it', { up: true }, [false, 'take it over:', false]],
    ['is as asked for, and a chassis may have it', { up: undefined }, [false, 'take it over:', false]],
    ['is as asked for, and no chassis has it', { up: false }, [false, 'take it over:', true]],
    ['is otherwise, and a chassis has it', { ...other, up: true }, [true, 'have object and', false]],
    ['is otherwise, and no chassis has it', { ...other, up: false }, [false, 'take it over:', true]],
  ])('is never to be removed while somebody may use it: it %s', (_, columns, expected) => {
    expect(toldOf(columns)).toEqual([expected]);
  });
});

describe('a router of somebody else', () => {
  const routers = { Logical_Router: [{ _uuid: handMade, name: 'vpc1' }] };
  const { findings } = planNb(story, snapshotOf<NbTables>(nbSchema, routers));

  test('is told by the keys of its options that differ', () => {
    expect(findings[1]?.message).toContain('options:dynamic_neigh_routers=none (asked for: true)');
    expect(findings[1]?.cure).toContain(`remove it (ovn-nbctl lr-del ${handMade})`);
  });

  test('is never to be removed with what it has, which is told', () => {
    const [port, nat] = [5, 6].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`);
    const columns = { ports: new Set([port]), nat: new Set([nat]) };
    const tables = {
      Logical_Router: [{ _uuid: handMade, name: 'vpc1', ...columns }],
      NAT: [{ _uuid: nat, type: 'snat' }],
      Logical_Router_Port: [{ _uuid: port, name: 'odd' }],
    } as unknown as Parameters<typeof snapshotOf<NbTables>>[1];
    const found = planNb(story, snapshotOf<NbTables>(nbSchema, tables)).findings;
    const cure = found.find(({ code, object }) => code === 'row-clash' && object?.kind === 'Vpc')?.cure;
    expect(cure).toMatch(/; do not remove it, as that takes along what it has: nat \(1\), ports \(1\)$/);
    expect(cure).not.toContain('lr-del');
  });

  test('holds nothing that it only refers to: a load balancer stays when its router goes', () => {
    const balancer = '00000000-0000-4000-8000-000000000007';
    const tables = {
      Logical_Router: [{ _uuid: handMade, name: 'vpc1', load_balancer: new Set([balancer]) }],
      Load_Balancer: [{ _uuid: balancer, name: 'lb' }],
    } as unknown as Parameters<typeof snapshotOf<NbTables>>[1];
    const found = planNb(story, snapshotOf<NbTables>(nbSchema, tables)).findings;
    const cure = found.find(({ code, object }) => code === 'row-clash' && object?.kind === 'Vpc')?.cure;
    expect(cure).not.toContain('takes along');
    expect(cure).toContain(`remove it (ovn-nbctl lr-del ${handMade})`);
  });

  test('is the reason that the rules on it are not programmed, too', () => {
    expect(findings.map(({ code, object }) => `${code} ${object?.kind}`)).toEqual([
      'row-clash OvnFip',
      'row-clash Vpc',
    ]);
    expect(findings[0]).toMatchObject({
      message: `it waits because the Logical_Router row vpc1 (${handMade}) was not made by Berth`,
      cure: findings[1]?.cure,
      related: [{ kind: 'Vpc', name: 'vpc1' }],
      rows: [{ db: 'NB', table: 'Logical_Router', uuid: handMade }],
    });
  });

  test('keeps a floating IP from being Ready, though its workload is up', () => {
    const { resources, intent } = settle(fieldStory, fieldFabric);
    const now = '2026-01-01T00:00:00Z';
    const writes = statusWrites({ resources, intent, findings, fabric: fieldFabric, now });
    const conditions = writes.flatMap(({ object }) =>
      object.kind === 'OvnFip' ? (object.status?.conditions ?? []) : [],
    );
    expect(conditions).toMatchObject([{ type: 'Ready', status: 'False', reason: 'RowClash' }]);
  });
});
