import { exitCodes } from './output/exit-code.ts';
import { runCommandLine } from './tree/run.ts';

// A reader that has seen enough, such as head(1), is no fault; an answer that cannot be written, as on a full disk, is not told.
let unwritten: NodeJS.ErrnoException | undefined;
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code === 'EPIPE') process.exit(0);
  unwritten = fault;
});

const exitCode = await runCommandLine(process.argv.slice(2), process.argv[1]);
const fault = await new Promise<Error | null | undefined>((resolve) => process.stdout.write('', resolve));
if (unwritten ?? fault) {
  process.stderr.write(`error: the answer cannot be written: ${(unwritten ?? fault)?.message}\n`);
  process.exit(exitCodes.cannotTell);
}
process.exit(exitCode);
