import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Opinion } from '@berth/lab';
import { playGuarded } from './drill/guarded.ts';
import { guardedMatrix } from './drill/guarded-cases.ts';
import { guardedNetworks } from './drill/guarded-networks.ts';
import { playMatrix } from './drill/matrix.ts';
import { type CaseSort, type MatrixCase, matrixOf } from './drill/matrix-cases.ts';
import { randomOf, shuffled } from './drill/random.ts';
import { addResult, isSettled, type Result, readResults, tallyOf } from './drill/results.ts';
import { topologies } from './drill/topology.ts';

const { values } = parseArgs({
  options: {
    topology: { type: 'string', multiple: true },
    opinion: { type: 'string', default: 'packets' },
    keeper: { type: 'string', default: 'ovn,berth' },
    sorts: { type: 'string', default: 'single,sequence,pair,sampled' },
    fail: { type: 'string', multiple: true },
    seed: { type: 'string', default: process.env['BERTH_SEED'] ?? '1' },
    minutes: { type: 'string', default: '600' },
    limit: { type: 'string', default: '1000000' },
    jobs: { type: 'string', default: '2' },
    results: { type: 'string' },
    folder: { type: 'string', default: '/tmp/berth-drill' },
    lab: { type: 'string', default: `drill-${process.pid}` },
    count: { type: 'boolean', default: false },
  },
});

/** What everybody who plays is told. */
type Turn = {
  readonly left: string[];
  readonly labName: string;
  readonly random: () => number;
  readonly onResult: (result: Result) => void;
};

/** A network with its matrix, and how it is played. */
type Network = {
  readonly name: string;
  readonly cases: readonly MatrixCase[];
  readonly play: (turn: Turn) => Promise<readonly string[]>;
};

/** A network with what is left of it to play. */
type Pile = { readonly network: Network; readonly left: string[]; players: number };

const seed = Number(values.seed);
const untilMs = performance.now() + Number(values.minutes) * 60_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const onFile = values.results === undefined ? [] : readResults(values.results);
const opinion = opinionOf(values.opinion);
const settled = isSettled(onFile, opinion);
const git = (...argv: string[]): string =>
  spawnSync('git', argv, { cwd: import.meta.dirname, encoding: 'utf8' }).stdout.trim();
const commit = `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '-dirty'}`;
const sorts = values.sorts.split(',') as CaseSort[];
const networks = everyNetwork().filter(({ name }) => values.topology?.includes(name) ?? true);
const piles: Pile[] = networks.map((network) => {
  const cases = network.cases.filter(({ sort }) => sorts.includes(sort));
  const texts = values.fail ?? shuffled(cases, randomOf(seed)).map(({ text }) => text);
  const left = texts.filter((text) => values.fail !== undefined || !settled(network.name, text));
  // The first ones are played on a fresh lab, where nothing has to grow old before a mapping can be taken away.
  left.sort((one, other) => Number(other.includes('mapping')) - Number(one.includes('mapping')));
  return { network, left: left.slice(0, Number(values.limit)), players: 0 };
});
const wanted = networks.flatMap(({ cases }) => cases);
const sizes = Map.groupBy(wanted, ({ sort }) => sort);
const told = [...sizes].map(([sort, cases]) => `${cases.length} ${sort}`).join(', ');
say(
  `seed ${seed}; the matrix: ${wanted.length} cases (${told}); ${piles.flatMap(({ left }) => left).length} to play`,
);

const played: Result[] = [];
const broken: string[] = [];
if (!values.count) {
  const players = Array.from({ length: Number(values.jobs) }, (_, place) => play(place));
  await Promise.all(players);
}
const ofMatrix = [...onFile, ...played].filter(({ topology }) =>
  networks.some(({ name }) => name === topology),
);
const total = tallyOf(ofMatrix);
const base = new Set(ofMatrix.filter(({ text }) => text === 'nothing').map(({ topology }) => topology));
say(`total ${JSON.stringify(total)}, ${base.size} of them with nothing broken`);
if (broken.length > 0) say(`no lab came to rest in: ${broken.join(' ')}`);
process.exitCode = total.disagree + total.doubted > 0 || broken.length > 0 ? 1 : 0;

/** Takes the pile with the most to do for each that plays it, again and again. */
async function play(place: number): Promise<void> {
  // Labs that start at once start slowly.
  await pause(place * 1_000);
  for (let round = 0; performance.now() < untilMs; round += 1) {
    const share = ({ left, players }: Pile): number => left.length / (players + 1);
    const [pile] = piles.filter(({ left }) => left.length > 0).sort((a, b) => share(b) - share(a));
    if (pile === undefined) return;
    pile.players += 1;
    const stuck = await pile.network.play({
      left: pile.left,
      labName: `${values.lab}-${place}-${round}`,
      // Other crossings the next time.
      random: randomOf(seed + onFile.length + played.length + place),
      onResult: (result) => {
        played.push(result);
        if (values.results !== undefined) addResult(values.results, result);
      },
    });
    broken.push(...stuck.map((text) => `${pile.network.name} ${text}`));
    pile.players -= 1;
  }
}

/** Networks that OVN runs alone, and those that a controller looks after. */
function everyNetwork(): readonly Network[] {
  const shared = { folder: values.folder, commit, untilMs, say };
  const alone = topologies.map((topology) => ({
    name: topology.name,
    cases: matrixOf(topology, seed),
    play: (turn: Turn) => playMatrix({ topology, opinion, ...shared, ...turn }),
  }));
  const guarded = guardedNetworks.map((network) => ({
    name: network.name,
    cases: guardedMatrix(network, seed),
    play: (turn: Turn) => playGuarded({ network, hasTraces: opinion === 'both', ...shared, ...turn }),
  }));
  // `berth drill` plays the latter, by packets in any case.
  const keepers = opinion === 'trace' ? ['ovn'] : values.keeper.split(',');
  return [...(keepers.includes('ovn') ? alone : []), ...(keepers.includes('berth') ? guarded : [])];
}

function opinionOf(text: string): Opinion {
  if (text === 'packets' || text === 'trace' || text === 'both') return text;
  process.stderr.write(`--opinion ${text}: it is packets, trace or both\n`);
  process.exit(64);
}
