import { ownerKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
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
  test('is told with its UUID, whose it is, what it says, and the command that removes it', () => {
    const { findings, changes } = planNb(story, withNat(new Map()));
    expect(changes).toEqual([]);
    expect(findings).toMatchObject([
      {
        code: 'row-clash',
        object: { kind: 'OvnFip', name: 'web' },
        message: expect.stringContaining(
          `the NAT row vpc1 dnat_and_snat 10.9.101.9 (${handMade}) was not made by Berth: `,
        ),
        cure: 'take it over: berth adopt (-f DIR or --kube) shows what that changes, and with --yes does it while no controller of Berth is at work, unless that interrupts traffic, or remove it (ovn-nbctl lr-nat-del vpc1 dnat_and_snat 10.9.101.9)',
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

describe('a router of somebody else', () => {
  const routers = { Logical_Router: [{ _uuid: handMade, name: 'vpc1' }] };
  const { findings } = planNb(story, snapshotOf<NbTables>(nbSchema, routers));

  test('is told by the keys of its options that differ', () => {
    expect(findings[1]?.message).toContain('options:dynamic_neigh_routers=none (asked for: true)');
    expect(findings[1]?.cure).toContain(`remove it with all that hangs on it (ovn-nbctl lr-del ${handMade})`);
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
