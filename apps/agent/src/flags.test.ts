import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { readFlags } from './flags.ts';

test('only the folder must be named', () => {
  expect(readFlags(['-f', 'net'])).toEqual({
    kind: 'settings',
    settings: {
      node: hostname(),
      ovsRemote: 'unix:/run/openvswitch/db.sock',
      folder: 'net',
      stateFolder: undefined,
      instance: 'default',
      ovsRundir: '/run/openvswitch',
      ovnRundir: '/run/ovn',
      runFolder: '/run/berth',
      southbound: undefined,
      tls: undefined,
    },
  });
});

test('SB and who may be believed there can be said', () => {
  const argv = ['-f', 'net', '--sb', 'ssl:a:6642,ssl:b:6642', '--ca-cert', 'ca.pem'];
  expect(readFlags([...argv, '--certificate', 'c.pem', '--private-key', 'k.pem'])).toMatchObject({
    settings: {
      southbound: ['ssl:a:6642', 'ssl:b:6642'],
      tls: { ca: 'ca.pem', certificate: 'c.pem', privateKey: 'k.pem' },
    },
  });
});

test('everything can be said', () => {
  const argv = [
    '--file',
    'net',
    '--node',
    'n1',
    '--ovs',
    'tcp:[::1]:6640',
    '--state',
    's',
    '--instance',
    'i',
  ];
  expect(readFlags(argv)).toMatchObject({
    settings: { node: 'n1', ovsRemote: 'tcp:[::1]:6640', folder: 'net', stateFolder: 's', instance: 'i' },
  });
});

test.each([
  [[]],
  [['-f']],
  [['-f', 'net', 'more']],
  [['-f', 'net', '--nodes', 'n1']],
  [['-f', 'net', '--certificate', 'c', '--private-key', 'k']],
  [['-f', 'net', '--ca-cert', 'a', '--certificate', 'c']],
])('%j is a usage error', (argv) => {
  expect(readFlags(argv).kind).toBe('usage');
});

test('help comes before everything else that is wrong', () => {
  expect(readFlags(['--help']).kind).toBe('help');
});
