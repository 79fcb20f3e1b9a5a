// node --conditions=berth-source tools/test/main.ts [STAGE...]
// Runs the stages in turn, all of them whatever fails, and closes with one line `N passed, N failed`.
import { stripVTControlCharacters } from 'node:util';
import { countLine, failure, type Stage, type StageContext, type StageResult, total } from './result.ts';
import { Sandbox } from './sandbox.ts';
import { schedule, type Turn } from './schedule.ts';
import { stages } from './stages.ts';

const print = (text: string): boolean => process.stdout.write(`${text}\n`);

/** What runs beside a stage has the processors when nobody else wants them, and no sooner (sched(7), SCHED_IDLE). */
const idly = ['chrt', '--idle', '0'];

async function runStage(stage: Stage, context: StageContext): Promise<StageResult> {
  const startMs = performance.now();
  const result = await stage.run(context).catch((error: unknown) => {
    return failure(error instanceof Error ? (error.stack ?? error.message) : String(error));
  });
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  print(`${stage.name.padEnd(11)} ${countLine(result).padEnd(36)} ${seconds.padStart(6)} s`);
  if (result.failed > 0) print(`\n${stripVTControlCharacters(result.output).trimEnd()}\n`);
  return result;
}

/** Stages, and beside them the others, one after another. Nothing is begun any more once the run is interrupted. */
async function runTurn(
  { stages: leading, beside }: Turn,
  context: StageContext,
): Promise<readonly StageResult[]> {
  const lines = [inOrder(leading, context), inOrder(beside, { ...context, prefix: idly })];
  return (await Promise.all(lines)).flat();
}

async function inOrder(stages: readonly Stage[], context: StageContext): Promise<readonly StageResult[]> {
  const results: StageResult[] = [];
  for (const stage of stages) if (!context.signal.aborted) results.push(await runStage(stage, context));
  return results;
}

async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    process.stderr.write(
      `no stage ${unknown.join(', ')}; there are: ${stages.map(({ name }) => name).join(', ')}\n`,
    );
    return 64;
  }
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interrupted.abort());

  // On a machine of CI nothing else is at work; elsewhere you may have a lab of your own.
  const sandbox = new Sandbox({ settleMs: 30_000, alone: (process.env['CI'] ?? '') !== '' });
  const context = {
    root: new URL('../..', import.meta.url).pathname,
    env: sandbox.env,
    scratch: sandbox.scratch,
    signal: interrupted.signal,
    prefix: [],
  };
  const chosen = stages.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const results: StageResult[] = [];
  for (const turn of schedule(chosen)) results.push(...(await runTurn(turn, context)));
  results.push(await runStage({ name: 'leaks', run: () => sandbox.leakCheck() }, context));

  const all = total(results);
  for (const name of all.unavailable) print(`skipped: ${name}`);
  print(countLine(all));
  if (interrupted.signal.aborted) return 130;
  return all.failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
