import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { readFlags } from './flags.ts';

test('only the folder or the cluster must be named', () => {
  expect(readFlags(['-f', 'net'])).toEqual({
    kind: 'settings',
    settings: {
      node: hostname(),
      ovsRemote: 'unix:/run/openvswitch/db.sock',
      inputs: { kind: 'folder', folder: 'net', stateFolder: undefined },
      instance: 'default',
      ovsRundir: '/run/openvswitch',
      ovnRundir: '/run/ovn',
      runFolder: '/run/berth',
      cniSocket: undefined,
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
    settings: {
      node: 'n1',
      ovsRemote: 'tcp:[::1]:6640',
      inputs: { kind: 'folder', folder: 'net', stateFolder: 's' },
      instance: 'i',
    },
  });
});

test.each([
  [[]],
  [['-f']],
  [['-f', 'net', '--kube']],
  [['--kubeconfig', 'k', '--state', 's']],
  [['-f', 'net', 'more']],
  [['-f', 'net', '--nodes', 'n1']],
  [['-f', 'net', '--certificate', 'c', '--private-key', 'k']],
  [['-f', 'net', '--ca-cert', 'a', '--certificate', 'c']],
  [['-f', 'net', '--cni-socket', 's']],
])('%j is a usage error', (argv) => {
  expect(readFlags(argv).kind).toBe('usage');
});

test('a cluster is that of the environment, of a kubeconfig, or of a context', () => {
  const [kubeconfig, context] = [undefined, undefined];
  expect(readFlags(['--kube'])).toMatchObject({
    settings: { inputs: { kind: 'cluster', kubeconfig, context } },
  });
  expect(readFlags(['--kubeconfig', 'k', '--context', 'c'])).toMatchObject({
    settings: { inputs: { kind: 'cluster', kubeconfig: 'k', context: 'c' } },
  });
});

test('pods are attached where it is asked for', () => {
  expect(readFlags(['--kube', '--cni-socket', '/run/a.sock'])).toMatchObject({
    settings: { cniSocket: '/run/a.sock' },
  });
});

test('the node is the one that is named, else that of NODE_NAME', () => {
  const environment = { NODE_NAME: 'of-pod' };
  expect(readFlags(['--kube'], environment)).toMatchObject({ settings: { node: 'of-pod' } });
  expect(readFlags(['--kube', '--node', 'n1'], environment)).toMatchObject({ settings: { node: 'n1' } });
  expect(readFlags(['--kube'], { NODE_NAME: '' })).toMatchObject({ settings: { node: hostname() } });
});

test('help comes before everything else that is wrong', () => {
  expect(readFlags(['--help']).kind).toBe('help');
});

test('help and the version need nothing else', () => {
  expect(readFlags(['--version'])).toEqual({ kind: 'version' });
  expect(readFlags(['--version', '--help'])).toEqual({ kind: 'help' });
});
