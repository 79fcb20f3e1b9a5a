import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledProgramsVariable } from '../../tests/support/programs.ts';
import { endToEnd } from './end-to-end.ts';
import { bundlePrograms, programsFolder } from './programs.ts';
import { failure, type Stage, type StageContext, type StageResult, success, total } from './result.ts';
import { runCommand } from './run-command.ts';
import { countReport } from './vitest-report.ts';

/** Where the programs of the npm modules start. */
const biome = 'node_modules/@biomejs/biome/bin/biome';
const tsc = 'node_modules/typescript/bin/tsc';
const vitest = 'node_modules/vitest/vitest.mjs';

/** What labs, packets and the demo wait for leaves half of two processors to what only reckons. */
const beside = ['lab', 'packets', 'end-to-end'];

/** The stages, in the order they run. */
export const stages: readonly Stage[] = [
  { name: 'bundle', run: bundlePrograms },
  {
    name: 'lint',
    beside,
    run: (context) => check(context, 1_200_000, [process.execPath, biome, 'check', '.']),
  },
  {
    name: 'types',
    beside,
    run: (context) => check(context, 1_200_000, [process.execPath, tsc, '-p', 'tsconfig.json']),
  },
  { name: 'generated', beside, run: generatedFiles },
  { name: 'unit', beside, run: (context) => vitestProject(context, 'unit', 1_800_000) },
  { name: 'peers', beside, run: (context) => vitestProject(context, 'peers', 1_800_000) },
  { name: 'kube-build', run: buildPrograms },
  { name: 'kube', beside, run: kubernetesSuite },
  { name: 'kubelet', run: kubeletSuite },
  { name: 'lab', run: (context) => vitestProject(context, 'lab', 1_800_000) },
  { name: 'packets', run: (context) => vitestProject(context, 'packets', 1_800_000) },
  { name: 'end-to-end', run: endToEndStories },
];

/** A command that passes by ending with the exit code expected. */
async function check(
  context: StageContext,
  limitMs: number,
  command: readonly string[],
  expectedExitCode = 0,
): Promise<StageResult> {
  const words = [...context.prefix, ...command];
  const { exitCode, output } = await runCommand(words, { ...context, cwd: context.root, limitMs });
  const report = `$ ${command.join(' ')}\n${output}`;
  if (exitCode === expectedExitCode) return success(report);
  return failure(
    `${report}\nexit code ${exitCode ?? 'none, ended by a signal'}, expected ${expectedExitCode}\n`,
  );
}

/** Every generator says whether what it wrote last is what it would write now. */
async function generatedFiles(context: StageContext): Promise<StageResult> {
  const generators = readdirSync(join(context.root, 'tools')).filter(
    (name) => /^generate-.*\.ts$/.test(name) && !name.endsWith('.test.ts'),
  );
  const results: StageResult[] = [];
  for (const name of generators.toSorted()) {
    const command = [process.execPath, '--conditions=berth-source', join('tools', name), '--check'];
    results.push(await check(context, 1_200_000, command));
  }
  return total(results);
}

/** What the build scripts exit with where the programs can neither be found nor built. */
const cannotBuild = 3;

/** A kube-apiserver, an etcd and a helm, built once per machine. */
async function buildPrograms(context: StageContext): Promise<StageResult> {
  return total([await kubernetesPrograms(context), await helmProgram(context)]);
}

/** The API server that the Kubernetes suite needs. */
function kubernetesPrograms(context: StageContext): Promise<StageResult> {
  return build(context, 'tools/kube-apiserver/build.sh', 'Kubernetes suite');
}

/** The helm that renders and installs the chart; without it only what needs no renderer is checked. */
function helmProgram(context: StageContext): Promise<StageResult> {
  return build(context, 'tools/helm/build.sh', 'chart by helm');
}

async function build(
  context: StageContext,
  script: string,
  needed: string,
  ...words: readonly string[]
): Promise<StageResult> {
  const { exitCode, output } = await runCommand(['bash', script, ...words], {
    ...context,
    cwd: context.root,
    limitMs: 2_400_000,
  });
  if (exitCode === 0) return success(output);
  if (exitCode !== cannotBuild) return failure(output);
  return { ...success(output), passed: 0, skipped: 1, unavailable: [`${needed}: ${output.trim()}`] };
}

/** The tests that need them; skipped, by name, where they cannot be had. */
async function kubernetesSuite(context: StageContext): Promise<StageResult> {
  const programs = await kubernetesPrograms(context);
  return programs.passed === 1 ? vitestProject(context, 'kube', 1_800_000) : programs;
}

/** What runs where `make kubelet` has built the programs, which `make test` does not. */
async function kubeletSuite(context: StageContext): Promise<StageResult> {
  const found = await build(context, 'tools/kubelet/build.sh', 'kubelet', '--find');
  return found.passed === 1 ? vitestProject(context, 'kubelet', 600_000) : found;
}

async function vitestProject(context: StageContext, project: string, limitMs: number): Promise<StageResult> {
  const reportFile = join(context.scratch, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const command = [process.execPath, vitest, 'run', '--project', project, ...reporters];
  const { exitCode, timedOut, output } = await runCommand([...context.prefix, ...command], {
    ...context,
    env: { ...context.env, [bundledProgramsVariable]: programsFolder(context) },
    cwd: context.root,
    limitMs,
  });
  let result: StageResult;
  try {
    result = countReport(JSON.parse(readFileSync(reportFile, 'utf8')), output);
  } catch {
    return failure(`${output}\nvitest wrote no report\n`);
  }
  const endedWell = exitCode === 0 && !timedOut;
  return total(
    endedWell || result.failed > 0 ? [result] : [result, failure(`vitest exit code ${exitCode ?? 'none'}`)],
  );
}

async function endToEndStories(context: StageContext): Promise<StageResult> {
  const results: StageResult[] = [];
  for (const { command, limitMs, expectedExitCode } of endToEnd) {
    results.push(await check(context, limitMs, command, expectedExitCode));
  }
  return total(results);
}
