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

test.each([[[]], [['-f']], [['-f', 'net', 'more']], [['-f', 'net', '--nodes', 'n1']]])(
  '%j is a usage error',
  (argv) => {
    expect(readFlags(argv).kind).toBe('usage');
  },
);

test('help comes before everything else that is wrong', () => {
  expect(readFlags(['--help']).kind).toBe('help');
});
