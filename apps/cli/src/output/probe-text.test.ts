import { expect, test } from 'vitest';
import type { ProbeAnswer } from '../schema/probe.ts';
import { probeText } from './probe-text.ts';
import { styleOf } from './style.ts';

const inbound: ProbeAnswer['flows'][number] = {
  ...{ direction: 'inbound', protocol: 'icmp', from: 'outside', to: '10.9.101.9', port: null },
  ...{ sent: 5, received: 5, seenAs: null, reached: ['default/web'], otherAnswers: 0, duplicates: 0 },
};
const outbound: ProbeAnswer['flows'][number] = {
  ...inbound,
  ...{
    direction: 'outbound',
    from: 'default/web',
    to: '10.9.101.1',
    seenAs: '10.9.101.9',
    reached: ['outside'],
  },
};

function text(...flows: ProbeAnswer['flows']): string {
  return told(true, ...flows);
}

function told(reachable: boolean, ...flows: ProbeAnswer['flows']): string {
  return toldWith({ mac: '02:00:00:00:00:09', node: 'node-1' }, reachable, ...flows);
}

function toldWith(
  who: Pick<ProbeAnswer['answers'][number], 'mac' | 'node'>,
  reachable: boolean,
  ...flows: ProbeAnswer['flows']
): string {
  const answers = [{ address: '10.9.101.9', ...who }];
  const head = { apiVersion: 'cli.berth.dev/v1', kind: 'Probe', findings: [], target: 'fip/web' } as const;
  return probeText({ ...head, reachable, flows, answers }, styleOf(false));
}

test('the address that the outside sees a pod with is shown', () => {
  expect(text(inbound, outbound)).toMatch(/^DIRECTION .* SEEN-AS$/m);
  expect(text(inbound, outbound)).toMatch(
    /^outbound +default\/web +10.9.101.1 +reachable +5\/5 +outside +10.9.101.9$/m,
  );
});

test('where nobody is seen there is no column for it', () => {
  expect(text(inbound)).toMatch(/^DIRECTION .* ANSWERED +ARRIVES-AT$/m);
  expect(text(inbound)).toMatch(/^inbound +outside +10.9.101.9 +reachable +5\/5 +default\/web$/m);
});

test('what leaves with another address than its own is not called well', () => {
  const wrong = { ...outbound, seenAs: '10.9.101.33', rightAs: '10.9.101.9' };
  expect(told(false, inbound, wrong)).toMatch(
    /^fip\/web is reachable, but not as it should be: the outside saw default\/web as 10\.9\.101\.33, and not as 10\.9\.101\.9$/m,
  );
});

test('a pod without a route to the outside is said to have none', () => {
  const silent = { ...outbound, received: 0, reached: [], seenAs: null, unsent: 'Invalid argument' };
  const shown = told(false, { ...inbound, received: 0 }, silent);
  expect(shown).toMatch(/^outbound +default\/web +10\.9\.101\.1 +unreachable +0\/5 +<none>$/m);
  expect(shown).toMatch(
    /^fip\/web is not reachable: there is no route to 10\.9\.101\.1 inside default\/web \(Invalid argument\)$/m,
  );
});

test('the address that answered in place of the one that was asked is named', () => {
  const stranger = { ...inbound, received: 0, reached: [], answeredBy: ['192.168.0.7'] };
  expect(told(false, stranger)).toMatch(
    /^fip\/web is not reachable: 192\.168\.0\.7 answered in place of 10\.9\.101\.9$/m,
  );
});

test.each<[string[], string]>([
  [[], 'answers pings, but its workload gets none: a router answers for an address of its own'],
  [['default/db'], 'leads to default/db'],
])('answers of somebody else are no answers: to pings that came to %j', (reached, who) => {
  const shown = told(false, { ...inbound, received: 0, otherAnswers: 5, reached }, outbound);
  expect(shown).toMatch(/^inbound +outside +10\.9\.101\.9 +unreachable +0\/5 /m);
  expect(shown).toContain(`fip/web is not reachable: 10.9.101.9 ${who}\n`);
});

test('a connection to the workload stands for pings that a router answers, and both are told', () => {
  const connected = {
    ...inbound,
    protocol: 'tcp',
    port: 40_123,
    sent: 1,
    received: 1,
    otherAnswers: 5,
  } as const;
  const shown = told(true, connected, outbound);
  expect(shown).toMatch(/^inbound +outside +tcp 10\.9\.101\.9 40123 +reachable +1\/1 +default\/web /m);
  expect(shown).toContain(
    'fip/web is reachable; pings to 10.9.101.9 are answered by a router, whose own address it is\n',
  );
});

test("an address that answers and is no pod's is said to be none", () => {
  expect(text({ ...inbound, reached: [] })).toContain(
    'fip/web is reachable, but no pod got the pings: a router or a machine outside answers them\n',
  );
  expect(text(inbound)).toContain('fip/web is reachable\n');
});

test('all that answer for one address are shown, and the verdict says that it is chance who gets a packet', () => {
  const answers = [
    { address: '10.9.101.9', mac: '02:00:00:00:00:09', node: 'node-1' },
    { address: '10.9.101.9', mac: '02:00:00:00:00:10', node: 'node-2' },
  ];
  const head = { apiVersion: 'cli.berth.dev/v1', kind: 'Probe', findings: [], target: 'fip/web' } as const;
  const shown = probeText({ ...head, reachable: false, flows: [inbound], answers }, styleOf(false));
  expect(shown).toMatch(/^10\.9\.101\.9 +02:00:00:00:00:09 +node-1$/m);
  expect(shown).toMatch(/^10\.9\.101\.9 +02:00:00:00:00:10 +node-2$/m);
  expect(shown).toMatch(
    /but not as it should be: 10\.9\.101\.9 is answered for by .*09 \(node-1\) and .*10 \(node-2\), and which of them is chance$/m,
  );
});

test('what could not be tried is said beside what could', () => {
  const head = {
    apiVersion: 'cli.berth.dev/v1',
    kind: 'Probe',
    findings: [],
    target: 'pod/shop/web',
  } as const;
  const untried = 'ovn-fip/web of pod/shop/web is not programmed';
  const all = { ...head, reachable: true, flows: [outbound], answers: [], untried };
  expect(probeText(all, styleOf(false))).toContain(
    'pod/shop/web is reachable, as far as it could be tried: ovn-fip/web of pod/shop/web is not programmed\n',
  );
});

test('a backend that gives no answer while others do is named', () => {
  const balanced = { ...inbound, protocol: 'tcp', port: 80, sent: 32, received: 15 } as const;
  expect(told(false, { ...balanced, reached: ['default/app'], silent: ['default/db'] })).toMatch(
    /^fip\/web is reachable, but not as it should be: default\/db gives no answer at tcp 10\.9\.101\.9 80, which leads to it and to default\/app$/m,
  );
});

test('an address that nobody answers for is said to be that, unless nothing could be sent', () => {
  const nobody = { mac: null, node: null };
  const silent = { ...inbound, received: 0, reached: [] };
  expect(toldWith(nobody, false, silent)).toMatch(/ is not reachable: nobody answers for 10\.9\.101\.9$/m);
  const unsent = { ...silent, unsent: 'Network is unreachable' };
  expect(toldWith(nobody, false, unsent)).not.toContain('nobody answers');
});
