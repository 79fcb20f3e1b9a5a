import { spawn } from 'node:child_process';
import { type Host, HostFault } from './host.ts';

/** This machine as a node. Programs are found by PATH and get no standard input. */
export function localHost(
  parts: Pick<Host, 'node' | 'ovsRemote' | 'southbound'> & Partial<Pick<Host, 'ovsRundir' | 'ovnRundir'>>,
): Host {
  const { node } = parts;
  return {
    ovsRundir: '/run/openvswitch',
    ovnRundir: '/run/ovn',
    ...parts,
    run: (argv, { netns } = {}) => capture(node, [...entering(netns), ...argv]),
  };
}

/** What runs the rest of a command in a network namespace. ip-netns(8) knows names only. */
function entering(netns: string | undefined): readonly string[] {
  if (netns === undefined) return [];
  return netns.startsWith('/') ? ['nsenter', `--net=${netns}`, '--'] : ['ip', 'netns', 'exec', netns];
}

function capture(node: string, argv: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.on('error', (error) => reject(new HostFault(node, argv, 127, error.message, error)));
  child.on('close', (code, signal) => {
    if (code === 0) resolve(stdout);
    else reject(new HostFault(node, argv, code ?? 128, stderr || (signal ?? '')));
  });
  return promise;
}
