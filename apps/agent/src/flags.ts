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
  /** Where ovs-vswitchd and ovn-controller have their sockets, and where this agent remembers its node. */
  readonly ovsRundir: string;
  readonly ovnRundir: string;
  readonly runFolder: string;
  /** Remotes of SB; undefined: those that ovn-controller has. */
  readonly southbound: readonly string[] | undefined;
  /** Files for `ssl:` remotes of SB. */
  readonly tls: TlsFiles | undefined;
};

/** Files in PEM. */
export type TlsFiles = { readonly ca: string; readonly certificate?: string; readonly privateKey?: string };

/** A command line, read. */
export type Reading =
  | { readonly kind: 'settings'; readonly settings: AgentSettings }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly message: string };

export const help = `berth-agent keeps the provider bridges of one node as a folder of YAML says, until stopped. Where it is told the
controller's state, it also reports how the node is and carries out the node's order.

Usage: berth-agent -f DIR [--node NAME] [--ovs REMOTE] [--state DIR] [--instance NAME] [more]

  -f, --file DIR      folder of YAML with ProviderNetworks, Vlans and Nodes, or one file
  --node NAME         the Kubernetes name of this machine (default: its host name)
  --ovs REMOTE        its Open_vSwitch database (default: unix:/run/openvswitch/db.sock)
  --state DIR         state of the controller that works on the same folder
  --instance NAME     owner of what is made (default: default)
  --run-dir DIR       where the agent remembers its node (default: /run/berth)
  --ovs-rundir DIR    where ovs-vswitchd has its sockets (default: /run/openvswitch)
  --ovn-rundir DIR    where ovn-controller has its socket (default: /run/ovn)
  --sb REMOTES        SB, several with commas between (default: the node's external_ids:ovn-remote)
  --ca-cert FILE      authorities of an ssl: SB
  --certificate FILE  certificate shown to it
  --private-key FILE  key of that certificate
  -h, --help          this text

Example: berth-agent -f examples/01-field-story --node vnode-103-176
`;

const options = {
  file: { type: 'string', short: 'f' },
  node: { type: 'string' },
  ovs: { type: 'string', default: 'unix:/run/openvswitch/db.sock' },
  state: { type: 'string' },
  instance: { type: 'string', default: 'default' },
  'run-dir': { type: 'string', default: '/run/berth' },
  'ovs-rundir': { type: 'string', default: '/run/openvswitch' },
  'ovn-rundir': { type: 'string', default: '/run/ovn' },
  sb: { type: 'string' },
  'ca-cert': { type: 'string' },
  certificate: { type: 'string' },
  'private-key': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads a command line. */
export function readFlags(argv: readonly string[]): Reading {
  try {
    const { values } = parseArgs({ args: [...argv], options });
    if (values.help) return { kind: 'help' };
    if (values.file === undefined) return { kind: 'usage', message: 'which folder? name it with -f DIR' };
    const { certificate, 'ca-cert': ca, 'private-key': privateKey } = values;
    if (ca === undefined && (certificate !== undefined || privateKey !== undefined)) {
      return { kind: 'usage', message: 'whom to believe? name the authorities of SB with --ca-cert FILE' };
    }
    if ((certificate === undefined) !== (privateKey === undefined)) {
      return { kind: 'usage', message: '--certificate and --private-key go together' };
    }
    return {
      kind: 'settings',
      settings: {
        node: values.node ?? hostname(),
        ovsRemote: values.ovs,
        folder: values.file,
        stateFolder: values.state,
        instance: values.instance,
        ovsRundir: values['ovs-rundir'],
        ovnRundir: values['ovn-rundir'],
        runFolder: values['run-dir'],
        southbound: values.sb?.split(','),
        tls:
          ca === undefined
            ? undefined
            : {
                ca,
                ...(certificate !== undefined && privateKey !== undefined && { certificate, privateKey }),
              },
      },
    };
  } catch (error) {
    return { kind: 'usage', message: error instanceof Error ? error.message : String(error) };
  }
}
