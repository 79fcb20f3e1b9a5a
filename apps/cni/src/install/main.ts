import { realpathSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { defaultAgentSocket } from '@berth/node/cni';
import { putPlugin } from './put-plugin.ts';

const help = `berth-cni install puts the plugin, the Node that runs it, and a network configuration on a node, each whole or not at all.

Usage: berth-cni install [--bin-dir DIR] [--conf-dir DIR] [more]

  --bin-dir DIR       where the container runtime has its plugins (default: /opt/cni/bin)
  --conf-dir DIR      where it has its network configurations (default: /etc/cni/net.d)
  --conf-name FILE    name of ours: the runtime takes the first by name (default: 05-berth.conflist)
  --network NAME      name of the network (default: berth)
  --socket FILE       where berth-agent listens (default: ${defaultAgentSocket})
  --mtu NUMBER        of pods' interfaces; 0 is as the Subnet says, or the largest that fits (default: 0)
  -h, --help          this text
`;

const options = {
  'bin-dir': { type: 'string', default: '/opt/cni/bin' },
  'conf-dir': { type: 'string', default: '/etc/cni/net.d' },
  'conf-name': { type: 'string', default: '05-berth.conflist' },
  network: { type: 'string', default: 'berth' },
  socket: { type: 'string', default: defaultAgentSocket },
  mtu: { type: 'string', default: '0' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Gives the exit code: 0 when all is in place, 64 for a command line it does not understand, 70 when a file cannot be put. */
export async function install(argv: readonly string[]): Promise<number> {
  const values = read(argv);
  if (typeof values === 'string') return complain(values, 64);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const program = realpathSync(process.argv[1] ?? '');
  if (program.endsWith('.ts'))
    return complain('a checkout cannot be installed; run make bundle, and dist/berth-cni.mjs install', 64);
  try {
    const written = await putPlugin({
      binDir: values['bin-dir'],
      confDir: values['conf-dir'],
      confName: values['conf-name'],
      network: values.network,
      agentSocket: values.socket,
      mtu: Number(values.mtu),
      node: process.execPath,
      program,
    });
    process.stdout.write(written.map((file) => `${file}\n`).join(''));
    return 0;
  } catch (error) {
    return complain(error instanceof Error ? error.message : String(error), 70);
  }
}

function read(argv: readonly string[]) {
  try {
    const { values } = parseArgs({ args: [...argv], options });
    return /^\d{1,5}$/.test(values.mtu) ? values : `--mtu is a number, and "${values.mtu}" is none`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function complain(message: string, exitCode: number): number {
  process.stderr.write(`berth-cni install: ${message}; see berth-cni install --help\n`);
  return exitCode;
}
