import { expect, test } from 'vitest';
import { mayStay, sameMeaning } from './spelling.ts';

test.each([
  ['mac', '00:00:00:AB:CD:04', '00:00:00:ab:cd:04', true],
  ['mac', '00:00:00:ab:cd:04', '00:00:00:ab:cd:05', false],
  ['logical_ip', '192.168.0.70/32', '192.168.0.70', true],
  ['logical_ip', '192.168.0.0/24', '192.168.0.0/25', false],
  ['ip_prefix', '192.168.0.5', '192.168.0.5/32', true],
  ['external_ip', 'FD00::0:9', 'fd00::9', true],
  [
    'addresses',
    new Set(['00:00:00:AB:CD:04  192.168.0.4']),
    new Set(['00:00:00:ab:cd:04 192.168.0.4']),
    true,
  ],
  ['addresses', new Set(['router']), new Set(['unknown']), false],
  ['networks', new Set(['10.0.0.1/24']), new Set(['10.0.0.1/24', 'fd00::1/64']), false],
  ['enabled', true, undefined, true],
  ['enabled', false, undefined, false],
  // A name is what it is.
  ['name', 'FD00::9', 'fd00::9', false],
])('%s: %j and %j mean the same: %s', (column, left, right, same) => {
  expect(sameMeaning(column, left, right)).toBe(same);
  expect(sameMeaning(column, right, left)).toBe(same);
});

const mac = '00:00:00:ab:cd:04';

test.each([
  [[], true],
  [[mac], true],
  [[`${mac} 192.168.0.4 fd00::4`], true],
  [[`${mac} 192.168.0.0/24 fd00::4`, '00:00:00:00:00:09'], true],
  [[`${mac} 192.168.0.4`], false],
  [['00:00:00:00:00:09'], false],
  [[`${mac} 192.168.0.4,fd00::4`], false],
])('port security %j of a port that is to have none may stay: %s', (elements, stays) => {
  const wanted = { addresses: new Set([`${mac} 192.168.0.4 fd00::4`]), port_security: new Set<string>() };
  expect(mayStay('port_security', { ...wanted, port_security: new Set(elements) }, wanted)).toBe(stays);
});
