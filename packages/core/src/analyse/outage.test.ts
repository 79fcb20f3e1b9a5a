import { expect, test } from 'vitest';
import { parseFailures } from '../fabric/failure.ts';
import { dataPlaneOf, floatingIpFlow } from '../testing/data-plane.ts';
import { analyse } from './analyse.ts';
import { detectionMs } from './outage.ts';

const parts = {
  nodes: ['N', 'G', 'S', 'O'],
  gateways: ['G', 'S'],
  ports: { 'web.default': 'N', 'other.default': 'O' },
};

test('detection takes the multiplier times the slower side', () => {
  expect(detectionMs({ minRxMs: 1000, minTxMs: 100, multiplier: 3 })).toBe(3000);
  expect(detectionMs({ minRxMs: 300, minTxMs: 500, multiplier: 2 })).toBe(1000);
});

test.each([
  ['inbound', 'host:G', { detect: 3000, claim: 100, announce: 1000 }],
  ['inbound', 'tunnel:G', { detect: 3000, claim: 100, announce: 1000 }],
  ['outbound', 'vswitchd:G', { detect: 3000, claim: 100, announce: 0 }],
  ['outbound', 'ovn-controller-exit:G', { detect: 0, claim: 100, announce: 0 }],
  ['inbound', 'host:S', undefined],
  ['inbound', 'host:G,host:S', undefined],
] as const)('%s under %s: %j', (direction, text, terms) => {
  const parsed = parseFailures(text, parts.nodes);
  const flows = [floatingIpFlow(direction, 'centralized', 'web.default')];
  const failures = parsed.kind === 'parsed' ? parsed.sets : [];
  const [verdict] = analyse({ fabric: dataPlaneOf(parts), flows, failures }).verdicts;
  const sum = terms && terms.detect + terms.claim + terms.announce;
  expect(verdict?.outage).toEqual(terms && { ms: sum, terms });
});
