import { expect, test } from 'vitest';
import type { ProbeAnswer } from '../schema/probe.ts';
import { probeText } from './probe-text.ts';
import { styleOf } from './style.ts';

const inbound: ProbeAnswer['flows'][number] = {
  ...{ direction: 'inbound', protocol: 'icmp', from: 'outside', to: '10.9.101.9', port: null },
  ...{ sent: 5, received: 5, seenAs: null, duplicates: 0 },
};
const outbound: ProbeAnswer['flows'][number] = {
  ...inbound,
  ...{ direction: 'outbound', from: 'default/web', to: '10.9.101.1', seenAs: '10.9.101.9' },
};

function text(...flows: ProbeAnswer['flows']): string {
  return told(true, ...flows);
}

function told(reachable: boolean, ...flows: ProbeAnswer['flows']): string {
  const answers = [{ address: '10.9.101.9', mac: '02:00:00:00:00:09', node: 'node-1' }];
  const head = { apiVersion: 'cli.berth.dev/v1', kind: 'Probe', findings: [], target: 'fip/web' } as const;
  return probeText({ ...head, reachable, flows, answers }, styleOf(false));
}

test('the address that the outside sees a pod with is shown', () => {
  expect(text(inbound, outbound)).toMatch(/^DIRECTION .* SEEN-AS$/m);
  expect(text(inbound, outbound)).toMatch(
    /^outbound +default\/web +10.9.101.1 +reachable +5\/5 +10.9.101.9$/m,
  );
});

test('where nobody is seen there is no column for it', () => {
  expect(text(inbound)).toMatch(/^DIRECTION .* ANSWERED$/m);
  expect(text(inbound)).toMatch(/^inbound +outside +10.9.101.9 +reachable +5\/5$/m);
});

test('what leaves with another address than its own is not called well', () => {
  const wrong = { ...outbound, seenAs: '10.9.101.33', rightAs: '10.9.101.9' };
  expect(told(false, inbound, wrong)).toMatch(
    /^fip\/web is reachable, but not as it should be: the outside saw default\/web as 10\.9\.101\.33, and not as 10\.9\.101\.9$/m,
  );
});
