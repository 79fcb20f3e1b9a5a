import { type NbTables, nbSchema } from '@berth/ovn';
import { type Columns, changeSnapshot, snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, it } from 'vitest';
import { fabricOf } from '../../fabric/read.ts';
import { ovnWorld } from '../../testing/ovn-world.ts';
import { analyse } from '../analyse.ts';
import { flowsOf } from '../flows/flows-of.ts';
import { routedFlows } from '../flows/routed-flows.ts';
import { droppedTalk } from './dropped.ts';

/** A floating IP, an SNAT and a forwarded port, with some columns of rows otherwise. */
function worldWith(changes: readonly (readonly [table: string, name: string, columns: Columns])[]) {
  const { nb, sb } = ovnWorld({
    nodes: [{ name: 'a' }, { name: 'b' }],
    externals: [{ name: 'ext' }],
    routers: [
      {
        name: 'vpc1',
        gatewayPorts: [{ external: 'ext', members: [['a', 2]] }],
        subnets: [
          {
            name: 's1',
            pods: [
              { name: 'web', node: 'a', ips: ['192.168.0.4'] },
              { name: 'db', node: 'b', ips: ['192.168.0.5'] },
            ],
          },
        ],
        nat: [
          { type: 'dnat_and_snat', externalIp: '10.100.0.9', logicalIp: '192.168.0.4' },
          { type: 'snat', externalIp: '10.100.0.2', logicalIp: '192.168.0.0/24' },
        ],
        balancers: [{ name: 'lb', vips: { '10.100.0.20:80': '192.168.0.4:8080' } }],
      },
    ],
  });
  const tables = changes.map(([table, name, columns]) => {
    const row = [...nb.table(table as 'Logical_Router')].find((each) => each.name === name);
    if (row === undefined) throw new Error(`no ${table} ${name}`);
    return { table, changes: [{ uuid: row._uuid, after: { ...row, ...columns } }] };
  });
  const changed = changeSnapshot(nb, tables);
  return { nb: changed, fabric: fabricOf(changed, sb) };
}

/** What stops the flows: of the floating IP in, out and to itself, of the SNAT, of the forwarded port. */
function reasons(table: string, name: string, columns: Columns): readonly (string | undefined)[] {
  const { nb, fabric } = worldWith([[table, name, columns]]);
  const flows = flowsOf(nb, fabric);
  const { verdicts } = analyse({ fabric, flows, failures: [] });
  const of = (kind: string, direction: string) => {
    const found = verdicts.find(({ flow }) => flow.kind === kind && flow.direction === direction);
    return found?.after.outcome === 'lost' ? found.after.reason : found?.after.outcome;
  };
  return [
    of('floating-ip', 'inbound'),
    of('floating-ip', 'outbound'),
    of('floating-ip', 'hairpin'),
    of('source-nat', 'outbound'),
    of('port-forward', 'inbound'),
  ];
}

const off = { enabled: false };
const [fine, disabled] = ['delivered', 'port-disabled'];

it.each<[string, string, Columns, readonly (string | undefined)[]]>([
  ['Logical_Switch_Port', 'web', { enabled: true }, [fine, fine, fine, fine, fine]],
  ['Logical_Switch_Port', 'web', off, [disabled, disabled, disabled, fine, disabled]],
  ['Logical_Switch_Port', 'db', off, [fine, fine, fine, disabled, fine]],
  ['Logical_Router_Port', 'vpc1-s1', off, [disabled, disabled, disabled, disabled, disabled]],
  ['Logical_Switch_Port', 's1-vpc1', off, [disabled, disabled, disabled, disabled, disabled]],
  // What stays inside does not touch the external network.
  ['Logical_Router_Port', 'vpc1-ext', off, [disabled, disabled, fine, disabled, disabled]],
  ['Logical_Switch_Port', 'localnet.ext', off, [disabled, disabled, fine, disabled, disabled]],
  [
    'Logical_Switch_Port',
    'web',
    { port_security: new Set(['00:00:00:00:09:09']) },
    ['port-security', 'port-security', 'port-security', fine, 'port-security'],
  ],
  ['Logical_Router', 'vpc1', off, Array.from({ length: 5 }, () => 'router-disabled')],
])('%s %s with %o: %j', (table, name, columns, expected) => {
  expect(reasons(table, name, columns)).toEqual(expected);
});

it.each<[string, string, Columns, string | undefined]>([
  ['Logical_Switch_Port', 'web', off, 'a'],
  ['Logical_Router_Port', 'vpc1-s1', off, 'a'],
  ['Logical_Switch_Port', 'web', { port_security: new Set(['00:00:00:00:09:09']) }, 'a'],
  ['Logical_Router_Port', 'vpc1-ext', off, undefined],
  ['Logical_Switch_Port', 'localnet.ext', off, undefined],
  ['Logical_Router', 'vpc1', off, undefined],
])('the gateway answers for what is dropped behind the router: %s %s with %o: %s', (...line) => {
  const [table, name, columns, answering] = line;
  const { nb, fabric } = worldWith([[table, name, columns]]);
  const [inbound] = analyse({ fabric, flows: flowsOf(nb, fabric), failures: [] }).verdicts.filter(
    ({ flow }) => flow.kind === 'floating-ip' && flow.direction === 'inbound',
  );
  expect(inbound?.after).toMatchObject({ outcome: 'lost', berth: answering });
});

/** The same network with an ACL on a switch. */
function worldWithAcl(on: string, acl: Columns) {
  const { nb, fabric } = worldWith([]);
  const uuid = '00000000-0000-4000-9000-000000000001' as Uuid;
  const drawn = snapshotOf<NbTables>(nbSchema, {
    ACL: [{ _uuid: uuid, priority: 9, action: 'drop', ...acl }],
  });
  const [own] = [...nb.table('Logical_Switch')].filter(({ name }) => name === on);
  const [row] = drawn.table('ACL');
  if (own === undefined || row === undefined) throw new Error(`no switch ${on}`);
  const changed = changeSnapshot(nb, [
    { table: 'ACL', changes: [{ uuid, after: row }] },
    { table: 'Logical_Switch', changes: [{ uuid: own._uuid, after: { ...own, acls: new Set([uuid]) } }] },
  ]);
  return { nb: changed, fabric };
}

it.each<[on: string, match: string, code: string | undefined]>([
  ['s1', 'icmp4', 'acl-drops'],
  ['s1', 'outport == "web" && icmp4.type == 0', undefined],
  ['s1', 'tcp', undefined],
  ['s1', 'ip4.src == 10.100.0.1', 'acl-drops'],
  ['s1', 'ip4.src == 10.100.0.7', undefined],
  ['s1', 'ip.ttl == 9', 'acl-drops-part'],
  ['s1', 'ip.ttl < 9', undefined],
  ['ext', 'ip4.dst == 10.100.0.9 && icmp4', 'acl-drops'],
])('of an echo it is known whether an ACL of %s for %s drops it: %s', (on, match, code) => {
  const { nb, fabric } = worldWithAcl(on, { direction: 'to-lport', match });
  const flow = flowsOf(nb, fabric).find(
    ({ kind, direction }) => kind === 'floating-ip' && direction === 'inbound',
  );
  const found = flow ? droppedTalk({ nb, fabric }, flow, { protocol: 'icmp', peer: '10.100.0.1' }) : [];
  expect(found.map((each) => each.code)).toEqual(code === undefined ? [] : [code]);
  for (const { message } of found) {
    expect(message).toContain('what was sent to 10.100.0.9 from 10.100.0.1, ICMP echo,');
    expect(message).toContain(`ACL to-lport 9 (${match}) drop of switch ${on}`);
  }
});

it('of a forwarded port only its own connections are meant, with the port of the backend on its switch', () => {
  const outcome = (on: string, match: string): string | undefined => {
    const { nb, fabric } = worldWithAcl(on, { direction: 'to-lport', match });
    const flow = flowsOf(nb, fabric).find(({ kind }) => kind === 'port-forward');
    return flow?.obstacle?.reason ?? (flow?.partly ? 'partly' : 'passes');
  };
  expect(outcome('s1', 'tcp.dst == 80')).toBe('passes');
  expect(outcome('s1', 'tcp.dst == 8080')).toBe('acl-drops');
  expect(outcome('ext', 'tcp.dst == 80')).toBe('acl-drops');
  expect(outcome('s1', 'udp || icmp4')).toBe('passes');
  expect(outcome('s1', 'tcp && ip4.src == 10.0.0.0/8')).toBe('partly');
});

it('plain routed traffic meets the same', () => {
  const { nb, fabric } = worldWith([['Logical_Switch_Port', 'web', off]]);
  expect(flowsOf(nb, fabric).find(({ logicalPort }) => logicalPort === 'web')?.obstacle).toMatchObject({
    rows: [{ table: 'Logical_Switch_Port', name: 'web' }],
    cure: 'enable it: ovn-nbctl lsp-set-enabled web enabled',
  });
  const plain = worldWith([['Logical_Router', 'vpc1', { nat: new Set(), enabled: false }]]);
  expect(routedFlows(plain.nb, plain.fabric, 'web').map(({ obstacle }) => obstacle?.reason)).toEqual([
    'router-disabled',
  ]);
});
