import { runCommandLine } from './tree/run.ts';

// A reader that has seen enough, such as head(1), is no fault.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code === 'EPIPE') process.exit(0);
  throw fault;
});

const exitCode = await runCommandLine(process.argv.slice(2), process.argv[1]);
await new Promise((resolve) => process.stdout.write('', resolve));
process.exit(exitCode);
