import { ipAddressAnnotation, type Resource, resourceSetOf } from '@berth/api';
import { expect, test } from 'vitest';
import { objectsTable } from './objects-text.ts';
import { withAddresses } from './pod-addresses.ts';

const metadata = (name: string, annotations = {}) => ({
  ...{ name, generation: 1, labels: {}, annotations, finalizers: [], ownerReferences: [] },
});

const pod = (name: string, asked?: string, status?: object) =>
  ({
    ...{ apiVersion: 'v1', kind: 'Pod', spec: { nodeName: 'n' } },
    metadata: {
      ...metadata(name, asked === undefined ? {} : { [ipAddressAnnotation]: asked }),
      namespace: 'default',
    },
    status,
  }) as Resource;

const ip = (name: string, v4IpAddress: string) =>
  ({
    ...{ apiVersion: 'kubeovn.io/v1', kind: 'IP', metadata: metadata(`${name}.default`) },
    spec: { podName: name, namespace: 'default', v4IpAddress },
  }) as Resource;

test('the address of a pod is the one it has, whatever its annotation asks for', () => {
  const resources = resourceSetOf([
    ...[pod('given'), ip('given', '192.168.0.5')],
    ...[pod('other', '192.168.0.9'), ip('other', '192.168.0.6')],
    pod('refused', '192.168.0.109346'),
    pod('started', '192.168.0.9', { phase: 'Running', podIP: '192.168.0.7' }),
    ...[pod('ended', undefined, { phase: 'Succeeded' }), ip('ended', '192.168.0.8')],
  ]);
  const options = { wide: false, withKind: false, withNamespace: false, nowMs: 0 };
  const text = objectsTable('Pod', withAddresses(resources.Pod, resources), options);
  const cells = text.split('\n').map((line) => line.split(/ +/));
  const at = cells[0]?.indexOf('IP') ?? -1;
  expect(new Map(cells.slice(1, -1).map((line) => [line[0], line[at]]))).toEqual(
    new Map([
      ['given', '192.168.0.5'],
      ['other', '192.168.0.6'],
      ['refused', '<none>'],
      ['started', '192.168.0.7'],
      ['ended', '<none>'],
    ]),
  );
});
