import { hostname } from 'node:os';
import { parseArgs } from 'node:util';

/** What the agent is told on its command line. */
export type AgentSettings = {
  /** The Kubernetes name of this machine. */
  readonly node: string;
  /** Remote of its Open_vSwitch database. */
  readonly ovsRemote: string;
  /** A folder of YAML, or one file. */
  readonly folder: string;
  /** State of the controller that works on the same folder. */
  readonly stateFolder: string | undefined;
  readonly instance: string;
};

/** A command line, read. */
export type Reading =
  | { readonly kind: 'settings'; readonly settings: AgentSettings }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly message: string };

export const help = `berth-agent keeps the provider bridges of one node as a folder of YAML says, until stopped.

Usage: berth-agent -f DIR [--node NAME] [--ovs REMOTE] [--state DIR] [--instance NAME]

  -f, --file DIR    folder of YAML with ProviderNetworks, Vlans and Nodes, or one file
  --node NAME       the Kubernetes name of this machine (default: its host name)
  --ovs REMOTE      its Open_vSwitch database (default: unix:/run/openvswitch/db.sock)
  --state DIR       state of the controller that works on the same folder
  --instance NAME   owner of what is made (default: default)
  -h, --help        this text

Example: berth-agent -f examples/01-field-story --node vnode-103-176
`;

const options = {
  file: { type: 'string', short: 'f' },
  node: { type: 'string' },
  ovs: { type: 'string', default: 'unix:/run/openvswitch/db.sock' },
  state: { type: 'string' },
  instance: { type: 'string', default: 'default' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads a command line. */
export function readFlags(argv: readonly string[]): Reading {
  try {
    const { values } = parseArgs({ args: [...argv], options });
    if (values.help) return { kind: 'help' };
    if (values.file === undefined) return { kind: 'usage', message: 'which folder? name it with -f DIR' };
    return {
      kind: 'settings',
      settings: {
        node: values.node ?? hostname(),
        ovsRemote: values.ovs,
        folder: values.file,
        stateFolder: values.state,
        instance: values.instance,
      },
    };
  } catch (error) {
    return { kind: 'usage', message: error instanceof Error ? error.message : String(error) };
  }
}
