import { expect, test } from 'vitest';
import { pod } from '../testing/resources.ts';
import { podRoutes, unreadableRoutes } from './pod-routes.ts';

const asking = (text: string) => pod('p', {}, { annotations: { 'ovn.kubernetes.io/routes': text } });

test('routes are read as Kube-OVN has them, one without a target as the default route', () => {
  const text =
    '[{"dst":"192.168.5.101/24","gw":"10.16.0.254"},{"gw":"10.16.0.9"},{"dst":"fd00::7","gw":"fd00::1"}]';
  expect(podRoutes(asking(text))).toEqual([
    { dst: '192.168.5.0/24', gw: '10.16.0.254' },
    { dst: '0.0.0.0/0', gw: '10.16.0.9' },
    { dst: 'fd00::7/128', gw: 'fd00::1' },
  ]);
  expect(unreadableRoutes(asking(text))).toEqual([]);
  for (const none of ['', ' ', '[]']) expect(podRoutes(asking(none))).toEqual([]);
});

test.each([
  ['nonsense', 'it is no JSON list'],
  ['{"gw":"10.0.0.1"}', 'it is no JSON list'],
  ['[7]', '[0].gw "" is not an IP address'],
  ['[{"gw":"10.0.0.1"},{"gw":"10.0.0.300"}]', '[1].gw "10.0.0.300" is not an IP address'],
  ['[{"dst":"10.0.0.0/33","gw":"10.0.0.1"}]', '[0].dst "10.0.0.0/33" is neither a network nor an address'],
  ['[{"dst":"10.0.0.0/8","gw":"fd00::1"}]', '[0].gw fd00::1 is not of the family of 10.0.0.0/8'],
])('%s is told, and none of the routes is made', (text, why) => {
  expect(podRoutes(asking(text))).toEqual([]);
  expect(unreadableRoutes(asking(text))).toMatchObject([
    {
      code: 'annotation-invalid',
      severity: 'warning',
      object: { kind: 'Pod', name: 'p' },
      field: "metadata.annotations['ovn.kubernetes.io/routes']",
      message: `the annotation ovn.kubernetes.io/routes cannot be read: ${why}, so the pod gets none of these routes`,
    },
  ]);
});
