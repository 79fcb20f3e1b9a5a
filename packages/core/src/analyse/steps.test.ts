import { expect, test } from 'vitest';
import { parseFailures } from '../fabric/failure.ts';
import { dataPlaneOf, floatingIpFlow } from '../testing/data-plane.ts';
import { analyse } from './analyse.ts';
import type { ExternalFlow } from './flow.ts';
import { hairpinFlow } from './flows/hairpin.ts';

const parts = {
  nodes: ['N', 'G', 'S', 'O'],
  gateways: ['G', 'S'],
  ports: { 'web.default': 'N', 'other.default': 'O' },
};

function told(flow: ExternalFlow, failures: string): readonly string[] {
  const parsed = failures === '' ? { sets: [] } : parseFailures(failures, parts.nodes);
  const sets = 'sets' in parsed ? parsed.sets : [];
  const { verdicts } = analyse({ fabric: dataPlaneOf(parts), flows: [flow], failures: sets });
  return verdicts.flatMap(({ why, steps }) => [why, ...steps.map(({ at, does }) => `${at ?? '-'} ${does}`)]);
}

const inbound = floatingIpFlow('inbound', 'centralized', 'web.default');
const outbound = floatingIpFlow('outbound', 'centralized', 'web.default');

test('inbound by the gateway', () => {
  expect(told(inbound, 'host:G')).toEqual([
    'moves from G to S',
    'S answers ARP for 10.9.101.9',
    'S translates its destination 10.9.101.9 to 192.168.0.4',
    'S sends it through the tunnel to N',
    'N hands it to 192.168.0.4 (web.default)',
  ]);
});

test('outbound by the gateway', () => {
  expect(told(outbound, '')).toEqual([
    'stays on G, the gateway that acts',
    'N sends it through the tunnel to G',
    'G translates its source 192.168.0.4 to 10.9.101.9',
    'G puts it on physical',
  ]);
});

test('where it ends', () => {
  expect(told(inbound, 'uplink:G')).toEqual([
    'G is cut off from physical, which OVN does not look at',
    '- ends here: G is cut off from physical, which OVN does not look at',
  ]);
  expect(told(inbound, 'host:N')).toEqual([
    'N, where its workload is, is down; G still answers for the address',
    'G answers ARP for 10.9.101.9',
    'G ends here: N, where its workload is, is down',
  ]);
  expect(told(inbound, 'vswitchd:N')[0]).toBe(
    'ovs-vswitchd does not run on N, where its workload is; G still answers for the address',
  );
});

test('every node that answers', () => {
  expect(told(inbound, 'ovn-controller-exit:G').slice(1)).toEqual([
    'G answers ARP for 10.9.101.9',
    'S answers ARP for 10.9.101.9',
  ]);
});

test('from workload to workload', () => {
  const target = floatingIpFlow('inbound', 'distributed', 'other.default');
  expect(told(hairpinFlow(outbound, target), '').slice(1)).toEqual([
    'N sends it through the tunnel to G',
    'G translates its source 192.168.0.4 to 10.9.101.9',
    'G puts it on physical',
    'O answers ARP for 10.9.101.9',
    'O translates its destination 10.9.101.9 to 192.168.0.4',
    'O hands it to 192.168.0.4 (other.default)',
  ]);
});
