import { join } from 'node:path';
import { localHost } from '@berth/node';
import { help, readFlags, type TlsFiles } from './flags.ts';
import { reportTo } from './report.ts';
import { runAgent } from './run.ts';

/**
 * The program: runs until SIGINT or SIGTERM. Gives the exit code: 0 when it was stopped, 64 for a command line it does
 * not understand.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const reading = readFlags(argv);
  if (reading.kind === 'help') process.stdout.write(help);
  if (reading.kind === 'usage')
    process.stderr.write(`berth-agent: ${reading.message}; see berth-agent --help\n`);
  if (reading.kind !== 'settings') return reading.kind === 'help' ? 0 : 64;
  const { node, ovsRemote, ovsRundir, ovnRundir, southbound, tls, runFolder, ...rest } = reading.settings;
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  process.stderr.write(`agent of node ${node} on ${ovsRemote}; stop with Ctrl-C\n`);
  await runAgent({
    ...rest,
    host: localHost({
      node,
      ovsRemote,
      ovsRundir,
      ovnRundir,
      southbound: { ...(southbound && { remotes: southbound }), ...(tls && { tls: tlsOptions(tls) }) },
    }),
    memoryFile: join(runFolder, `${node}.json`),
    report: reportTo((line) => process.stderr.write(`${line}\n`)),
    now: () => new Date().toISOString(),
    signal: stop.signal,
  });
  return 0;
}

function tlsOptions({ ca, certificate, privateKey }: TlsFiles) {
  return {
    ca: { file: ca },
    ...(certificate !== undefined && { certificate: { file: certificate } }),
    ...(privateKey !== undefined && { privateKey: { file: privateKey } }),
  };
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
