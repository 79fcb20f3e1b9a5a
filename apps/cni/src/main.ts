import { text } from 'node:stream/consumers';
import { askAgent, isCniCommand } from '@berth/node/cni';
import { runPlugin } from './plugin.ts';

const help = `berth-cni attaches pods to OVN for a container runtime: it asks the node's berth-agent, and prints what that says.

Usage: CNI_COMMAND=ADD … berth-cni < configuration
       berth-cni VERSION
       berth-cni install [--bin-dir DIR] [--conf-dir DIR] [more]

It is a plugin of CNI 1.1: commands and parameters come in variables CNI_…, the network configuration on standard
input. What a configuration may say beside cniVersion, name and type:

  agentSocket   where berth-agent listens (default: /run/berth/agent.sock)
  mtu           of the pods' interfaces (default: as the Subnet says, or the largest that fits)
  dns           given back as it is

  berth-cni install --help tells how it comes to a node.
`;

/**
 * Longest time the agent may take: 30 s until the controller has given an address, as long until OVN forwards, and some for the
 * work. kubelet gives a sandbox four minutes.
 */
const patienceMs = 90_000;

/** The program. Gives the exit code: 0 for a success, 1 with an error object on standard output. */
async function main(argv: readonly string[]): Promise<number> {
  const [word = ''] = argv;
  if (word === 'install') {
    const { install } = await import('./install/main.ts');
    return install(argv.slice(1));
  }
  if (word === '--help' || word === '-h') {
    process.stdout.write(help);
    return 0;
  }
  const environment = isCniCommand(word) ? { CNI_COMMAND: word, ...process.env } : process.env;
  const { output, exitCode } = await runPlugin({
    environment,
    readInput: () => (process.stdin.isTTY ? Promise.resolve('') : text(process.stdin)),
    ask: (socketPath, request) => askAgent(socketPath, request, patienceMs),
  });
  process.stdout.write(output);
  return exitCode;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
