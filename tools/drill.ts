import { parseArgs } from 'node:util';
import { pairs, sequences, singles } from './drill/cases.ts';
import { emptyTally, playMatrix, type Tally } from './drill/matrix.ts';
import { randomOf, shuffled } from './drill/random.ts';
import { topologies } from './drill/topology.ts';

const { values } = parseArgs({
  options: {
    topology: { type: 'string', multiple: true },
    kinds: { type: 'string', default: 'singles,sequences,pairs' },
    fail: { type: 'string', multiple: true },
    seed: { type: 'string', default: process.env['BERTH_SEED'] ?? '1' },
    minutes: { type: 'string', default: '600' },
    limit: { type: 'string', default: '1000000' },
    folder: { type: 'string', default: '/tmp/berth-drill' },
    lab: { type: 'string', default: `drill-${process.pid}` },
  },
});

const makers = { singles, sequences, pairs } as const;
const random = randomOf(Number(values.seed));
const untilMs = performance.now() + Number(values.minutes) * 60_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const wanted = topologies.filter(
  ({ name }) => values.topology === undefined || values.topology.includes(name),
);
const total: Tally = emptyTally();
say(`seed ${values.seed}`);
for (const topology of wanted) {
  const all = values.kinds
    .split(',')
    .flatMap((kind) => [...(kind in makers ? makers[kind as keyof typeof makers](topology) : [])]);
  const chosen = values.fail ?? shuffled(all, random).slice(0, Number(values.limit));
  const tally = await playMatrix({
    ...{ topology, labName: values.lab, cases: chosen, folder: values.folder, untilMs, say },
  });
  say(`${topology.name} ${JSON.stringify(tally)}`);
  for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
}
say(`total ${JSON.stringify(total)}`);
process.exitCode = total.disagree > 0 || total.broken > 0 ? 1 : 0;
