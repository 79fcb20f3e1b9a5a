// node --conditions=berth-source tools/bench.ts
// Times what the project promises to be quick at, and says where a promise is not kept on this machine. Times depend on
// the machine and on what else it does, so this is for people to read and is no part of the tests.
import { benchBurst } from './bench/burst.ts';
import { benchMarks } from './bench/marks.ts';
import { time } from './bench/measure.ts';
import { benchOvsdb } from './bench/ovsdb.ts';
import { benchPass } from './bench/pass.ts';
import { measures as startUp } from './bench/start-up.ts';
import { benchWhatIf } from './bench/whatif.ts';

const all = [...startUp];
const columns = (...cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(10))).join('');
const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

console.log(columns('MEASURE', 'MEDIAN', 'MIN', 'MAX', 'GOAL'));
for (const measure of all) {
  try {
    const { medianMs, minimumMs, maximumMs } = await time(measure);
    const { goalMs } = measure;
    const goal = goalMs === undefined ? '' : milliseconds(goalMs);
    const cells = columns(
      measure.name,
      milliseconds(medianMs),
      milliseconds(minimumMs),
      milliseconds(maximumMs),
      goal,
    );
    console.log(goalMs !== undefined && medianMs > goalMs ? `${cells}  missed` : cells);
  } catch (error) {
    console.log(`${measure.name.padEnd(34)} ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

await benchOvsdb();
for await (const line of benchBurst()) console.log(line);
for await (const line of benchPass()) console.log(line);
for await (const line of benchMarks()) console.log(line);
for await (const line of benchWhatIf()) console.log(line);
