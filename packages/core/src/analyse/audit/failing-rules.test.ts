import type { NbTables } from '@berth/ovn';
import { sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { Finding } from '../../finding/finding.ts';
import { fieldFabric, fieldStoryWith, gatewayRules } from '../../testing/field-story.ts';
import { damaged, type Nb, programmed } from '../../testing/program.ts';
import { pod } from '../../testing/resources.ts';
import { failingRules } from './failing-rules.ts';

const db = pod('db', { subnet: 'vpc1-subnet1', ips: '192.168.0.5', node: 'vnode-103-176' });
const nb = programmed(fieldStoryWith(...gatewayRules, db), fieldFabric);
const sb = snapshotOf(sbSchema, {}) as unknown as Parameters<typeof failingRules>[1];
const made = (place: number): Uuid => `00000000-0000-4000-8000-00000000000${place}` as Uuid;

function found(observed: Nb): readonly Finding[] {
  const steps = failingRules(observed, sb);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

const told = (observed: Nb): readonly string[] =>
  found(observed).map(({ code, object }) => `${code} ${object?.kind}/${object?.name}`);

/** NB with a row more, held by the rows that `holds` changes. */
const withRow = (
  table: keyof NbTables & string,
  row: object,
  holds: (table: string, row: object) => object | undefined,
): Nb =>
  damaged(nb, (each, before) => (holds(each, before) as typeof before | undefined) ?? before, {
    [table]: [{ _uuid: made(1), external_ids: new Map(), ...row }],
  });

test('nothing fails where nothing is in the way', () => {
  expect(found(nb)).toEqual([]);
});

test('a policy that takes packets away is told of every rule that it takes them from, with what to do', () => {
  const policy = { priority: 1000, match: 'ip4.src == 192.168.0.0/24', action: 'drop' };
  const diverted = withRow('Logical_Router_Policy', policy, (table, row) =>
    table === 'Logical_Router' ? { ...row, policies: new Set([made(1)]) } : undefined,
  );
  expect(told(diverted)).toEqual([
    'policy-diverts OvnDnatRule/in',
    'policy-diverts OvnFip/web',
    'policy-diverts OvnSnatRule/out',
  ]);
  expect(found(diverted)[1]).toMatchObject({
    message: expect.stringContaining('policy 1000 (ip4.src == 192.168.0.0/24) of router vpc1 drops'),
    cure: expect.stringContaining('ovn-nbctl lr-policy-list vpc1'),
  });
});

test('a load-balancer with the virtual address of a forwarded port is told', () => {
  const [own] = [...nb.table('Load_Balancer')];
  const [vip = ''] = own?.vips.keys() ?? [];
  const hand = {
    ...{
      name: 'hand',
      protocol: own?.protocol,
      options: new Map(),
      vips: new Map([[vip, '192.168.0.99:1']]),
    },
  };
  const twice = withRow('Load_Balancer', hand, (table, row) =>
    table === 'Logical_Router' && 'load_balancer' in row
      ? { ...row, load_balancer: new Set([...(row.load_balancer as ReadonlySet<Uuid>), made(1)]) }
      : undefined,
  );
  expect(told(twice)).toEqual(['address-shared OvnDnatRule/in']);
});

test('an ACL that drops is told', () => {
  const acl = { priority: 1000, direction: 'to-lport', match: 'outport == "web.default"', action: 'drop' };
  const dropping = withRow('ACL', acl, (table, row) =>
    table === 'Logical_Switch' && 'name' in row && row.name === 'vpc1-subnet1'
      ? { ...row, acls: new Set([made(1)]) }
      : undefined,
  );
  expect(told(dropping)).toContain('acl-drops OvnFip/web');
});

test.each([
  ['icmp4', true],
  ['ip4.src == 10.9.101.0/24', true],
  ['tcp.dst == 22', false],
])('an ACL that drops a part, %s, is told where anybody would miss it: %s', (match, isTold) => {
  const acl = { priority: 1000, direction: 'to-lport', match, action: 'drop' };
  const dropping = withRow('ACL', acl, (table, row) =>
    table === 'Logical_Switch' && 'name' in row && row.name === 'vpc1-subnet1'
      ? { ...row, acls: new Set([made(1)]) }
      : undefined,
  );
  expect(told(dropping).includes('acl-drops-part OvnFip/web')).toBe(isTold);
});

test('a row of somebody else for the same address is told of ours, whichever comes first', () => {
  const nat = { type: 'dnat_and_snat', external_ip: '10.9.101.9', logical_ip: '192.168.0.77' };
  const other = damaged(nb, (_, row) => row, {
    Logical_Router: [{ _uuid: made(2), name: 'aaa', nat: new Set([made(1)]), ports: new Set([made(3)]) }],
    Logical_Router_Port: [
      {
        ...{ _uuid: made(3), name: 'aaa-external0', mac: '00:00:00:00:00:99' },
        ...{ networks: new Set(['10.9.101.200/24']), gateway_chassis: new Set([made(4)]) },
      },
    ],
    Gateway_Chassis: [{ _uuid: made(4), name: 'g', chassis_name: 'vnode-117-46', priority: 1 }],
    Logical_Switch_Port: [
      {
        ...{ _uuid: made(5), name: 'external0-aaa', type: 'router' },
        options: new Map([['router-port', 'aaa-external0']]),
      },
    ],
    NAT: [{ _uuid: made(1), ...nat, external_ids: new Map() }],
  });
  const joined = damaged(other, (table, row) =>
    table === 'Logical_Switch' && 'name' in row && row['name'] === 'external0'
      ? { ...row, ports: new Set([...(row['ports'] as ReadonlySet<Uuid>), made(5)]) }
      : row,
  );
  expect(told(joined)).toContain('address-shared OvnFip/web');
});

test.each([
  ['192.168.0.0/24', 'error'],
  ['192.168.0.0/25', 'error'],
  ['192.168.0.128/25', 'warning'],
  ['192.168.0.0/16', undefined],
])(
  'an SNAT row of somebody else, for %s, is told of ours where it takes its packets: %s',
  (logical, severity) => {
    const nat = { type: 'snat', external_ip: '10.9.101.99', logical_ip: logical };
    const joined = withRow('NAT', nat, (table, row) =>
      table === 'Logical_Router' && 'name' in row && row.name === 'vpc1' && 'nat' in row
        ? { ...row, nat: new Set([...(row.nat as ReadonlySet<Uuid>), made(1)]) }
        : undefined,
    );
    expect(found(joined).map((each) => [each.code, each.severity, each.object?.name])).toEqual(
      severity === undefined ? [] : [['snat-overlap', severity, 'out']],
    );
  },
);

test('it can be done a little at a time, and what is done comes to the same', () => {
  expect([...failingRules(nb, sb)].length).toBeGreaterThan(3);
});
