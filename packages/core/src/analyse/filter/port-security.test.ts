import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, it } from 'vitest';
import { portSecurityOf } from './port-security.ts';

const mac = '00:00:00:00:01:04';

function told(security: readonly string[], ip = '192.168.0.4', type = ''): string {
  const [port] = snapshotOf<NbTables>(nbSchema, {
    Logical_Switch_Port: [
      {
        name: 'web',
        type,
        addresses: new Set([`${mac} 192.168.0.4 fd00::4`]),
        port_security: new Set(security),
      },
    ],
  }).table('Logical_Switch_Port');
  if (port === undefined) throw new Error('no port');
  const { obstacle, assumptions } = portSecurityOf(port, ip);
  if (obstacle !== undefined) return obstacle.reason;
  return assumptions.length > 0 ? 'perhaps' : 'allowed';
}

it.each<[readonly string[], string]>([
  [[], 'allowed'],
  [[mac], 'allowed'],
  [[mac.toUpperCase()], 'allowed'],
  [[`${mac} 192.168.0.4`], 'allowed'],
  [[`${mac} 192.168.0.9`, `${mac} 192.168.0.4`], 'allowed'],
  [[`${mac} 192.168.0.0/24`], 'allowed'],
  // A host part says that the mask is the size of the subnet, and no more.
  [[`${mac} 192.168.0.9/24`], 'port-security'],
  [[`${mac} 192.168.0.4/24`], 'allowed'],
  [[`${mac} 192.168.0.9`], 'port-security'],
  [[`${mac} fd00::4`], 'port-security'],
  [['00:00:00:00:09:09'], 'port-security'],
  [['00:00:00:00:09:09 192.168.0.4'], 'port-security'],
  // Without a MAC an element has no effect, and no list either.
  [['192.168.0.9'], 'allowed'],
  [['192.168.0.4', '00:00:00:00:09:09'], 'port-security'],
  [[`${mac} 192.168.0.9,192.168.0.4`], 'perhaps'],
  [[`${mac} 192.168.0.9,192.168.0.8`, mac], 'allowed'],
])('%j: %s', (security, expected) => {
  expect(told(security)).toBe(expected);
});

it('of IPv6 what the families say', () => {
  expect(told([`${mac} fd00::4`], 'fd00::4')).toBe('allowed');
  expect(told([`${mac} 192.168.0.4`], 'fd00::4')).toBe('port-security');
});

it('an address that NB gives no MAC is looked for under any', () => {
  expect(told(['00:00:00:00:09:09 192.168.0.77'], '192.168.0.77')).toBe('allowed');
  expect(told([`${mac} 192.168.0.4`], '192.168.0.77')).toBe('port-security');
});

it('counts for ports of workloads only', () => {
  expect(told(['00:00:00:00:09:09'], '192.168.0.4', 'router')).toBe('allowed');
});
