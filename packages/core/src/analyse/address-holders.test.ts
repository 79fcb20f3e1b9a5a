import type { Ip } from '@berth/net';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { addressHolders, holdersText } from './address-holders.ts';

const uuid = (digit: number): Uuid => `00000000-0000-4000-8000-00000000000${digit}` as Uuid;

const nb = snapshotOf<NbTables>(nbSchema, {
  Logical_Router: [
    {
      ...{ name: 'r', ports: new Set([uuid(1)]), nat: new Set([uuid(2)]) },
      load_balancer_group: new Set([uuid(6)]),
    },
  ],
  Logical_Router_Port: [{ _uuid: uuid(1), name: 'r-s', networks: new Set(['10.0.0.1/24']) }],
  NAT: [{ _uuid: uuid(2), type: 'snat', external_ip: '10.9.0.2', logical_ip: '10.0.0.0/24' }],
  Logical_Switch: [{ name: 's', ports: new Set([uuid(3)]), load_balancer: new Set([uuid(4)]) }],
  Logical_Switch_Port: [{ _uuid: uuid(3), name: 'vm', addresses: new Set(['0a:00:00:00:00:01 10.0.0.3']) }],
  Load_Balancer: [
    { _uuid: uuid(4), name: 'here', vips: new Map([['10.0.0.4:80', '10.0.0.3:80']]) },
    { _uuid: uuid(5), name: 'shared', vips: new Map([['10.9.0.5:80', '10.0.0.3:80']]) },
    { _uuid: uuid(7), name: 'loose', vips: new Map([['10.0.0.4', '10.0.0.3']]) },
  ],
  Load_Balancer_Group: [{ _uuid: uuid(6), name: 'g', load_balancer: new Set([uuid(5)]) }],
} as Parameters<typeof snapshotOf<NbTables>>[1]);

test.each([
  ['10.0.0.1', 'the address of router port r-s of router r'],
  ['10.9.0.2', 'the external address of a NAT row (snat) of router r'],
  ['10.0.0.3', 'the address of port vm on switch s'],
  [
    '10.0.0.4',
    'the virtual address of load-balancer here on switch s and the virtual address of load-balancer loose, which no router and no switch has',
  ],
  ['10.9.0.5', 'the virtual address of load-balancer shared of router r'],
  ['10.0.0.9', ''],
])('%s is %s', (ip, expected) => {
  const holders = addressHolders(nb, ip as Ip);
  expect(holders.length === 0 ? '' : holdersText(holders)).toBe(expected);
});
