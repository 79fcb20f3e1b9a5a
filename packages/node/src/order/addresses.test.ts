import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NodeSwitch } from '../ovs/node-switch.ts';
import type { Bridges } from '../sentry/bridges.ts';
import { Addresses } from './addresses.ts';
import type { OrderedAddress } from './duty.ts';

const web: OrderedAddress = {
  ...{ ip: '10.9.101.9', mac: '36:3e:6d:8f:9f:31' },
  ...{ port: 'web.default', network: 'external0', vlanId: 0 },
};
const claims = {
  ports: new Set([web.port]),
  vlanByLocalnet: new Map([['localnet.external0', 0]]),
  gateways: new Map(),
};

/** A node that leads to the external network, with a patch to its switch or without. */
function nodeSwitch(...patches: readonly number[]): NodeSwitch {
  const all = patches.map((number) => ({ name: `patch-${number}`, number, localnet: 'localnet.external0' }));
  const provider = { network: 'external0', bridge: 'br-external0', nics: [], patches: all };
  return {
    ...{ systemId: 'one', southbound: [], integration: 'br-int', tunnels: [] },
    providers: new Map([['external0', provider]]),
  };
}

const sent: number[] = [];
let addresses: Addresses;
beforeEach(() => {
  vi.useFakeTimers();
  sent.length = 0;
  const link = { packetOut: (_: Uint8Array, port: number) => void sent.push(port) };
  const bridges = { get: () => link } as unknown as Bridges;
  addresses = new Addresses({
    bridges,
    rundir: '/nowhere',
    held: [],
    onFault: (fault) => expect.fail(`${fault}`),
  });
});
afterEach(() => {
  addresses[Symbol.dispose]();
  vi.useRealTimers();
});

test('an address is announced when it comes, and again while a frame may be lost or be before the flows', () => {
  addresses.follow(nodeSwitch(7), [web], claims);
  expect(sent).toEqual([7]);
  vi.advanceTimersByTime(2_000);
  addresses.follow(nodeSwitch(7), [web], claims);
  vi.advanceTimersByTime(2_000);
  expect(sent).toEqual([7, 7, 7, 7]);
});

test('one that comes before the way out is announced once that is there', () => {
  addresses.follow(nodeSwitch(), [web], claims);
  vi.advanceTimersByTime(300);
  expect(sent).toEqual([]);
  addresses.follow(nodeSwitch(8), [web], claims);
  expect(sent).toEqual([8]);
  vi.advanceTimersByTime(5_000);
  addresses.follow(nodeSwitch(8), [web], claims);
  vi.advanceTimersByTime(5_000);
  expect(sent).toEqual([8, 8, 8, 8]);
});

test('one that leaves before there was a way out is not announced any more', () => {
  addresses.follow(nodeSwitch(), [web], claims);
  addresses.follow(nodeSwitch(), [], claims);
  addresses.follow(nodeSwitch(9), [], claims);
  vi.advanceTimersByTime(5_000);
  expect(sent).toEqual([]);
});

test('one whose MAC changes before there was a way out is announced with the new one only', () => {
  addresses.follow(nodeSwitch(), [web], claims);
  addresses.follow(nodeSwitch(7), [{ ...web, mac: '36:3e:6d:8f:9f:32' }], claims);
  vi.advanceTimersByTime(5_000);
  addresses.follow(nodeSwitch(7), [{ ...web, mac: '36:3e:6d:8f:9f:32' }], claims);
  vi.advanceTimersByTime(5_000);
  expect(sent).toEqual([7, 7, 7, 7]);
});
