// node --conditions=berth-source tools/bench/failover.ts [--rounds N] [--only WORDS]
// How long addresses are away, from probes every 10 ms both ways: a crash by OVN's own timers, and with a controller; moves
// that are planned; and how fast tunnel BFD may be on this machine before it flaps.
import { parseArgs } from 'node:util';
import type { Network } from '../failover/network.ts';
import { intervalMs, type Keeper, type Seen, Stage } from '../failover/stage.ts';
import { verdict } from './contest.ts';
import { summarise } from './measure.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, only: { type: 'string', default: '' } },
});
const rounds = Number(values.rounds);

const network: Network = {
  nodes: ['n1', 'g1', 'g2'],
  gateways: ['g1', 'g2'],
  workload: 'n1',
  type: 'centralized',
};
const withBfd = (ms: number): Network => ({
  ...network,
  policy: { bfd: { minTxMs: ms, minRxMs: ms, multiplier: 3 } },
});
/** Three packets of 300 ms each missing. */
const detectionMs = 900;

async function crash(wanted: Network, keeper: Keeper): Promise<Seen> {
  await using stage = await Stage.open(wanted, keeper);
  return await stage.watch(
    async () => void stage.berth('lab', 'fail', `host:${await stage.gateway()}`),
    6_500,
  );
}

async function cordon(): Promise<Seen> {
  await using stage = await Stage.open(withBfd(300), 'berth');
  const active = await stage.gateway();
  return await stage.watch(async () => {
    stage.want({ ...withBfd(300), cordoned: [active] });
    await stage.until('it moves', async () => ![active, ''].includes(await stage.gateway()));
  }, 2_500);
}

async function addGateway(): Promise<Seen> {
  const one = { ...withBfd(300), gateways: ['g1'] };
  await using stage = await Stage.open(one, 'berth');
  return await stage.watch(() => stage.want(withBfd(300)), 6_000);
}

/** A distributed address while both gateways die: it has nothing to do with them. */
async function bystander(): Promise<Seen> {
  await using stage = await Stage.open({ ...withBfd(300), type: 'distributed' }, 'berth');
  return await stage.watch(() => void stage.berth('lab', 'fail', 'host:g1,host:g2'), 5_000);
}

/** Probes lost in ten quiet seconds with tunnel BFD this fast, while both processors are busy. */
async function quiet(ms: number): Promise<Seen> {
  await using stage = await Stage.open(withBfd(ms), 'ovn');
  const rows = [
    'set',
    'NB_Global',
    '.',
    ...[`bfd-min-rx=${ms}`, `bfd-min-tx=${ms}`].map((each) => `options:${each}`),
  ];
  await stage.lab.exec('central', ['ovn-nbctl', ...rows]);
  return await stage.watch(() => stage.burden(10_000), 500);
}

const longest = ({ inbound, outbound }: Seen): number =>
  Math.max(inbound.longestGapMs, outbound.longestGapMs);
const lost = ({ inbound, outbound }: Seen): number => Math.max(inbound.lost, outbound.lost);

type Row = {
  readonly name: string;
  readonly run: () => Promise<Seen>;
  readonly value: (seen: Seen) => number;
};

const all: readonly Row[] = [
  {
    name: 'gateway crash, OVN alone, its own timers: away, ms',
    run: () => crash(network, 'ovn'),
    value: longest,
  },
  {
    name: 'gateway crash, OVN alone, BFD 300 ms x 3: away, ms',
    run: () => crash(withBfd(300), 'ovn'),
    value: longest,
  },
  {
    name: 'gateway crash, Berth, BFD 300 ms x 3: away, ms',
    run: () => crash(withBfd(300), 'berth'),
    value: longest,
  },
  {
    name: 'active gateway cordoned: probes lost in a row',
    run: cordon,
    value: (seen) => longest(seen) / intervalMs,
  },
  { name: 'second gateway added: probes lost', run: addGateway, value: lost },
  { name: 'distributed address, both gateways die: probes lost', run: bystander, value: lost },
  { name: 'busy machine, BFD 300 ms x 3, nothing happens: lost', run: () => quiet(300), value: lost },
  { name: 'busy machine, BFD 50 ms x 3, nothing happens: lost', run: () => quiet(50), value: lost },
  { name: 'busy machine, BFD 10 ms x 3, nothing happens: lost', run: () => quiet(10), value: lost },
];

const rows = all.filter(({ name }) => name.includes(values.only));
const seen = new Map<string, number[]>(rows.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round += 1)
  for (const { name, run, value } of rows) seen.get(name)?.push(value(await run()));

const medians = rows.map(({ name }) => {
  const { medianMs, minimumMs, maximumMs } = summarise(seen.get(name) ?? []);
  console.log(
    `${name.padEnd(58)} ${[medianMs, minimumMs, maximumMs].map((each) => each.toFixed(0).padStart(8)).join('')}`,
  );
  return medianMs;
});
if (rows.length < all.length) process.exit();
const [own = 0, fast = 0, berth = 0, planned = 0, added = 0, aside = 0] = medians;
console.log(verdict('crash with Berth / 1.5 x detection + 1 s', berth / (1.5 * detectionMs + 1_000), 1));
console.log(verdict('crash with Berth / OVN with its own timers', berth / own, 0.4));
console.log(verdict('crash by OVN with BFD 300 ms x 3 / with its own timers', fast / own, 0.7));
console.log(verdict('planned move, probes of 10 ms lost in a row', planned, 3));
console.log(verdict('second gateway added, probes lost', added, 0));
console.log(verdict('unaffected address, probes lost', aside, 0));
