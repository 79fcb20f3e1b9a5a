import { setTimeout as sleep } from 'node:timers/promises';
import type { Network } from './network.ts';
import type { Expectation, Scenario } from './scenario.ts';
import type { Seen, Stage } from './stage.ts';

const fast = { bfd: { minTxMs: 300, minRxMs: 300, multiplier: 3 } };

/** A plain node with the workload, and two gateways. */
const three: Network = {
  nodes: ['n1', 'g1', 'g2'],
  gateways: ['g1', 'g2'],
  workload: 'n1',
  type: 'centralized',
  policy: fast,
};
const available: Network = {
  ...three,
  policy: { ...fast, placement: 'Centralized', onGatewayLoss: 'Distribute' },
};
const blocking: Network = { ...three, policy: { ...fast, onGatewayLoss: 'Block' } };
const spread: Network = { ...three, type: 'distributed' };

const works: Expectation = { works: true, answerers: 1 };
const planned: Expectation = { works: true, answerers: 1, isPlanned: true };
const dark: Expectation = { works: false, answerers: 0 };

/** Breaks something of the node that serves. */
function failActive(kind: string): (stage: Stage) => Promise<void> {
  return async (stage) => void stage.berth('lab', 'fail', `${kind}:${await stage.gateway()}`);
}

/** The other one of two gateways serves, and says so in SB. */
async function untilMoved(stage: Stage, from: string): Promise<void> {
  await stage.until(`${from} hands over`, async () => ![from, ''].includes(await stage.gateway()));
}

/** Both gateways die, and are confirmed to be dead. */
async function allDead(stage: Stage): Promise<void> {
  stage.berth('lab', 'fail', 'host:g1,host:g2');
  await stage.until('nobody is the gateway', async () => (await stage.gateway()) === '');
}

/** Both gateways die, and the workload's node answers. */
async function allLost(stage: Stage): Promise<void> {
  stage.berth('lab', 'fail', 'host:g1,host:g2');
  await stage.until('the workload answers', async () => (await stage.answerers()).join() === 'n1');
}

/** How long nobody may have answered once somebody did, ms: two probes and what a busy machine adds. A gateway that moves takes longer. */
const calmMs = 150;

/** A gateway serves, and nothing was lost on the way from when somebody answered first. */
async function isCalm(_: Stage, { inbound, outbound, answerers: [answerer = ''] }: Seen): Promise<void> {
  const awayMs = Math.max(inbound.laterGapMs, outbound.laterGapMs);
  if (!answerer.startsWith('g')) throw new Error(`${answerer} answers, and no gateway`);
  if (awayMs > calmMs) throw new Error(`away for ${awayMs} ms once somebody had answered`);
}

/** Both gateways come back at one moment. */
function backAtOnce(name: string, network: Network, prepare: NonNullable<Scenario['prepare']>): Scenario {
  return {
    ...{ name, network, prepare, forMs: 10_000, expected: { berth: works }, afterwards: isCalm },
    happens: (stage) => void stage.berth('lab', 'heal'),
  };
}

/** Everything with gateways that users ask about, one by one. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'the uplink of the active gateway dies, its tunnels are up',
    network: three,
    happens: failActive('uplink'),
    forMs: 6_000,
    expected: { ovn: dark, berth: works },
  },
  {
    name: "the uplink of a distributed address's node dies",
    network: spread,
    happens: (stage) => void stage.berth('lab', 'fail', 'uplink:n1'),
    forMs: 6_000,
    expected: { ovn: dark, berth: works },
    async afterwards(stage) {
      if (stage.keeper === 'ovn') return;
      stage.berth('lab', 'heal');
      await stage.until('it goes back', async () => (await stage.answerers()).join() === 'n1');
    },
  },
  {
    name: 'the active one of two gateways dies, and pods are on gateways only',
    network: { ...three, workload: 'g1' },
    async prepare(stage) {
      // The workload is to be on the one that stays.
      const active = await stage.gateway();
      if (active === 'g1') {
        stage.want({ ...three, workload: 'g2' });
        await stage.until('the workload moves', async () =>
          stage.berth('get', 'ip', '-o', 'wide').includes('g2'),
        );
        await sleep(2_000);
      }
    },
    happens: failActive('host'),
    forMs: 8_000,
    expected: { ovn: dark, berth: works },
  },
  {
    name: 'two gateways and nothing else: the active one dies',
    network: {
      nodes: ['g1', 'g2'],
      gateways: ['g1', 'g2'],
      workload: 'g2',
      type: 'centralized',
      policy: fast,
    },
    async prepare(stage) {
      if ((await stage.gateway()) === 'g2') {
        stage.want({
          nodes: ['g1', 'g2'],
          gateways: ['g1', 'g2'],
          workload: 'g1',
          type: 'centralized',
          policy: fast,
        });
        await stage.until('the workload moves', async () =>
          stage.berth('get', 'ip', '-o', 'wide').includes('g1'),
        );
        await sleep(2_000);
      }
    },
    happens: failActive('host'),
    forMs: 12_000,
    expected: { ovn: dark, berth: works },
  },
  {
    name: 'a gateway reboots, and its vswitchd is up before its ovn-controller',
    network: three,
    async prepare(stage) {
      const active = await stage.gateway();
      stage.berth('lab', 'fail', `host:${active}`);
      await untilMoved(stage, active);
      await sleep(6_000);
      // Held down, it does not start with the others when the host is back.
      stage.berth('lab', 'fail', `ovn-controller:${active}`);
    },
    happens: async (stage) => {
      const [host] = stage.berth('lab', 'status').match(/host:g\d/) ?? [];
      if (host !== undefined) stage.berth('lab', 'heal', host);
    },
    forMs: 6_000,
    expected: { ovn: dark, berth: planned },
  },
  {
    name: 'ovn-controller of the active gateway is stopped gracefully',
    network: three,
    happens: failActive('ovn-controller-exit'),
    forMs: 5_000,
    expected: { ovn: { works: true, answerers: 2 }, berth: works },
  },
  {
    name: 'all gateways die, Block',
    network: blocking,
    happens: (stage) => void stage.berth('lab', 'fail', 'host:g1,host:g2'),
    forMs: 8_000,
    expected: { ovn: dark, berth: dark },
    async afterwards(stage) {
      if (stage.keeper === 'ovn') return;
      await stage.until('the status says so', () => /\bfalse\b/.test(stage.berth('get', 'fip', 'web')));
    },
  },
  {
    name: 'all gateways die, Distribute',
    network: available,
    happens: (stage) => void stage.berth('lab', 'fail', 'host:g1,host:g2'),
    forMs: 10_000,
    expected: { berth: works },
  },
  {
    name: 'gateways come back after Distribute, one after the other',
    network: available,
    prepare: allDead,
    async happens(stage) {
      stage.berth('lab', 'heal', 'host:g1');
      await sleep(1_500);
      stage.berth('lab', 'heal', 'host:g2');
    },
    forMs: 10_000,
    expected: { berth: works },
    afterwards: isCalm,
  },
  backAtOnce('both gateways come back at one moment after Distribute', available, allDead),
  backAtOnce('both gateways reboot at one moment, Distribute', available, allLost),
  backAtOnce('both gateways come back at one moment after Block', blocking, allDead),
  {
    name: 'the active gateway is cordoned',
    network: three,
    happens: async (stage) => {
      const active = await stage.gateway();
      stage.want({ ...three, cordoned: [active] });
      await untilMoved(stage, active);
    },
    forMs: 3_000,
    expected: { berth: planned },
  },
  {
    name: 'the active gateway loses its label',
    network: three,
    happens: async (stage) => {
      const active = await stage.gateway();
      stage.want({ ...three, gateways: three.gateways.filter((each) => each !== active) });
      await untilMoved(stage, active);
    },
    forMs: 3_000,
    expected: { berth: planned },
  },
  {
    name: 'a second gateway is added',
    network: { ...three, gateways: ['g1'] },
    happens: (stage) => stage.want(three),
    forMs: 5_000,
    expected: { berth: planned },
  },
  {
    name: 'the active gateway is NotReady while another is Ready',
    network: three,
    happens: async (stage) => {
      const active = await stage.gateway();
      stage.berth('lab', 'fail', `notready:${active}`);
      await untilMoved(stage, active);
    },
    forMs: 3_000,
    expected: { berth: planned },
  },
  {
    name: 'the active gateway has no bridge any more',
    network: three,
    happens: failActive('mapping'),
    forMs: 6_000,
    expected: { ovn: dark, berth: works },
  },
  {
    name: 'the workload is made anew on another node',
    network: spread,
    happens: (stage) => stage.want({ ...spread, workload: 'g1' }),
    forMs: 6_000,
    expected: { berth: works },
    async afterwards(stage) {
      await stage.until('its new node answers', async () => (await stage.answerers()).join() === 'g1');
    },
  },
  {
    name: 'the floating IP is given to another workload',
    network: spread,
    happens: (stage) => stage.want({ ...spread, target: 'other' }),
    forMs: 6_000,
    only: 'inbound',
    expected: { berth: works },
  },
  {
    name: 'a gateway dies while the controller is dead',
    network: three,
    async prepare(stage) {
      stage.berth('lab', 'fail', 'berth-controller');
    },
    happens: failActive('host'),
    forMs: 6_000,
    expected: { berth: works },
  },
  {
    name: 'the active gateway dies',
    network: three,
    happens: failActive('host'),
    forMs: 6_000,
    expected: { ovn: works, berth: works },
  },
];
