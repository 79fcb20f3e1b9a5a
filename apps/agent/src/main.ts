import { join } from 'node:path';
import { localHost } from '@berth/node';
import { SourceFault } from '@berth/source';
import { help, readFlags, type TlsFiles } from './flags.ts';
import { type AgentPlace, openPlace } from './place.ts';
import { reportTo } from './report.ts';
import { runAgent } from './run.ts';
import { version } from './version.ts';

/**
 * The program: runs until SIGINT or SIGTERM. Gives the exit code: 0 when it was stopped, 64 for a command line it does
 * not understand, 65 for a kubeconfig that cannot be used.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const reading = readFlags(argv, process.env);
  if (reading.kind === 'help') process.stdout.write(help);
  if (reading.kind === 'version') process.stdout.write(`${version}\n`);
  if (reading.kind === 'usage')
    process.stderr.write(`berth-agent: ${reading.message}; see berth-agent --help\n`);
  if (reading.kind !== 'settings') return reading.kind === 'usage' ? 64 : 0;
  const { node, ovsRemote, ovsRundir, ovnRundir, southbound, tls, runFolder, inputs, cniSocket, ...rest } =
    reading.settings;
  const told = (line: string): void => void process.stderr.write(`${line}\n`);
  let place: AgentPlace;
  try {
    place = await openPlace(inputs, node, { now, attachesPods: cniSocket !== undefined, told });
  } catch (fault) {
    if (!(fault instanceof SourceFault)) throw fault;
    process.stderr.write(`berth-agent: ${fault.message}\n`);
    return 65;
  }
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  process.stderr.write(`agent of node ${node} on ${ovsRemote}; stop with Ctrl-C\n`);
  await runAgent({
    ...rest,
    place,
    host: localHost({
      node,
      ovsRemote,
      ovsRundir,
      ovnRundir,
      southbound: { ...(southbound && { remotes: southbound }), ...(tls && { tls: tlsOptions(tls) }) },
    }),
    memoryFile: join(runFolder, `${node}.json`),
    cniSocket,
    report: reportTo(told),
    now,
    signal: stop.signal,
  });
  return 0;
}

function now(): string {
  return new Date().toISOString();
}

function tlsOptions({ ca, certificate, privateKey }: TlsFiles) {
  return {
    ca: { file: ca },
    ...(certificate !== undefined && { certificate: { file: certificate } }),
    ...(privateKey !== undefined && { privateKey: { file: privateKey } }),
  };
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
