import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type StageContext, type StageResult, success } from './result.ts';
import { runCommand } from './run-command.ts';

/** The programs that tests start again and again. */
const programs = ['berth', 'berth-controller'];

/** Where a run has its programs, once the stage `bundle` has made them. */
export function programsFolder({ scratch }: Pick<StageContext, 'scratch'>): string {
  return join(scratch, 'programs');
}

/**
 * Makes one file of each program that tests start often, as a release has it, and beside it what starts that file by the
 * program's name. It is made anew in every run, so it is never older than the sources.
 */
export async function bundlePrograms(context: StageContext): Promise<StageResult> {
  const folder = programsFolder(context);
  const command = [process.execPath, '--conditions=berth-source', 'tools/bundle.ts', folder, ...programs];
  const { exitCode, output } = await runCommand(command, { ...context, cwd: context.root, limitMs: 600_000 });
  if (exitCode !== 0) return failure(output);
  for (const name of programs) {
    const file = join(folder, name);
    writeFileSync(file, launcher(folder, name));
    chmodSync(file, 0o755);
  }
  return success(output);
}

/** As in `bin/`: the program takes the place of the shell, and its compiled code is kept. */
function launcher(folder: string, name: string): string {
  return `#!/bin/sh
: "\${NODE_COMPILE_CACHE=${join(folder, 'compile-cache')}}"
export NODE_COMPILE_CACHE
exec ${process.execPath} ${join(folder, `${name}.mjs`)} "$@"
`;
}
