import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labUp } from '@berth/lab';
import { converge } from '../action/converge.ts';
import { previewPlan } from '../action/plan.ts';
import type { Invocation } from '../context/invocation.ts';
import { openReadSession, openSession } from '../context/session.ts';
import { shippedFiles } from '../context/shipped-files.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { planText } from '../output/plan-text.ts';
import { table } from '../output/table.ts';
import type { Stage, StepResult } from './stage.ts';
import { steps } from './story.ts';

const podNode = 'vnode-103-176';
const gateways = ['vnode-103-177', 'vnode-117-46'] as const;

/** Plays the field story on a lab of its own, and leaves nothing behind however it ends. */
export async function run({ options, terminal: { out, err }, signal }: Invocation): Promise<ExitCode> {
  const tell = (text: string): void => err.write(`  ${text.trimEnd().replaceAll('\n', '\n  ')}\n`);
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'berth-demo-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(await shippedFiles('examples/01-field-story'))) {
    await writeFile(join(folder, name), text);
  }
  err.write(`A real OVN with three nodes: ${[podNode, ...gateways].join(', ')}\n`);
  const lab = stack.use(
    await labUp({
      name: `demo-${process.pid}`,
      nodes: [podNode, ...gateways],
      attached: true,
      signal,
      onProgress: ({ text, done, total }) =>
        err.write(`  ${err.style.faint(`[${done}/${total}]`)} ${text}\n`),
    }),
  );
  const remotes = { nb: lab.nbRemote, sb: lab.sbRemote };
  const place = { lab, remotes, instance: 'default', stateFolder: join(lab.directory, 'state', 'default') };
  const session = stack.use(await openSession({ place, folder, signal }));
  const apply = async (): Promise<void> =>
    void (await converge(session, { timeoutMs: 30_000, signal, onPass: () => undefined }));
  err.write('berth apply -f examples/01-field-story\n');
  await apply();
  const stage: Stage = {
    lab,
    address: '10.9.101.9',
    pod: 'default/web',
    upstream: '10.9.101.1',
    podNode,
    gateways,
    tell,
    apply,
    natColumns: () => natColumns(session.ovn.northbound.snapshot().table('NAT')),
    setType: (type) => setType(join(folder, '05-floating-ip.yaml'), type),
    async planText() {
      await using read = await openReadSession({ place, folder, signal });
      return `berth plan\n${planText((await previewPlan(read)).plan, err)}`;
    },
  };
  const results = await play(stage, (text) => err.write(text), signal);
  const ok = results.length === steps.length && results.every((result) => result.ok);
  out.write(
    options.output === 'json' ? jsonText(answer('Demo', [], { steps: results, ok })) : storyTable(results),
  );
  return ok ? exitCodes.fine : exitCodes.notFine;
}

async function play(
  stage: Stage,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const step of steps) {
    signal.throwIfAborted();
    const result = await step(stage, results);
    results.push(result);
    say(
      `(${result.step}) ${result.what}: ${result.observed}${result.ok ? '' : `  -- expected: ${result.expected}`}\n`,
    );
  }
  return results;
}

function storyTable(results: readonly StepResult[]): string {
  const rows = results.map(({ step, what, expected, observed, ok }) => [
    step,
    what,
    expected,
    observed,
    ok ? 'yes' : 'NO',
  ]);
  return `\n${table(['STEP', 'WHAT', 'EXPECTED', 'OBSERVED', 'AS-STATED'], rows)}`;
}

function natColumns(
  rows: Iterable<{ readonly logical_port: string | undefined; readonly external_mac: string | undefined }>,
): Readonly<Record<string, string>> {
  const [row] = rows;
  return { logical_port: row?.logical_port ?? '', external_mac: row?.external_mac ?? '' };
}

/** Writes the one field into the floating IP's file, under the target's name. */
async function setType(file: string, type: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replace(/^( *)ipName: .*$/m, (line, indent: string) => `${line}\n${indent}type: ${type}`),
  );
  return `spec.type: ${type} in ovn-fip/web`;
}
