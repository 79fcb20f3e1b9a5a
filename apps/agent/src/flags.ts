import { hostname } from 'node:os';
import { parseArgs } from 'node:util';

/** What the agent is told on its command line. */
export type AgentSettings = {
  /** The Kubernetes name of this machine. */
  readonly node: string;
  /** Remote of its Open_vSwitch database. */
  readonly ovsRemote: string;
  readonly inputs: Inputs;
  readonly instance: string;
  /** Where ovs-vswitchd and ovn-controller have their sockets, and where this agent remembers its node. */
  readonly ovsRundir: string;
  readonly ovnRundir: string;
  readonly runFolder: string;
  /** Where berth-cni finds this agent; undefined: pods are somebody else's business. */
  readonly cniSocket: string | undefined;
  /** Remotes of SB; undefined: those that ovn-controller has. */
  readonly southbound: readonly string[] | undefined;
  /** Files for `ssl:` remotes of SB. */
  readonly tls: TlsFiles | undefined;
};

/** Where the agent finds what its node is to be, and whom it reports to. */
export type Inputs =
  | {
      readonly kind: 'folder';
      /** A folder of YAML, or one file. */
      readonly folder: string;
      /** State of the controller that works on the same folder; without it there is nobody to report to. */
      readonly stateFolder: string | undefined;
    }
  | {
      readonly kind: 'cluster';
      readonly kubeconfig: string | undefined;
      readonly context: string | undefined;
    };

/** Files in PEM. */
export type TlsFiles = { readonly ca: string; readonly certificate?: string; readonly privateKey?: string };

/** A command line, read. */
export type Reading =
  | { readonly kind: 'settings'; readonly settings: AgentSettings }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'usage'; readonly message: string };

export const help = `berth-agent keeps the provider bridges of one node as a cluster or a folder of YAML says, until stopped. On a cluster,
and where it is told the controller's state, it also reports how the node is and carries out the node's order.

Usage: berth-agent --kube [--node NAME] [more]
       berth-agent -f DIR [--state DIR] [--node NAME] [more]

  --kube              go by the cluster of $KUBECONFIG, of ~/.kube/config, or by the one this is a pod of
  --kubeconfig FILE   go by the cluster that this file names
  --context NAME      context of the kubeconfig (default: the current one)
  -f, --file DIR      go by a folder of YAML with ProviderNetworks, Vlans and Nodes, or by one file
  --state DIR         with -f: state of the controller that works on the same folder
  --node NAME         the Kubernetes name of this machine (default: $NODE_NAME, or its host name)
  --ovs REMOTE        its Open_vSwitch database (default: unix:/run/openvswitch/db.sock)
  --instance NAME     owner of what is made (default: default)
  --run-dir DIR       where the agent remembers its node (default: /run/berth)
  --cni-socket FILE   attach pods for berth-cni, which asks at this socket, by default /run/berth/agent.sock; with --kube
  --ovs-rundir DIR    where ovs-vswitchd has its sockets (default: /run/openvswitch)
  --ovn-rundir DIR    where ovn-controller has its socket (default: /run/ovn)
  --sb REMOTES        SB, several with commas between (default: the node's external_ids:ovn-remote)
  --ca-cert FILE      authorities of an ssl: SB
  --certificate FILE  certificate shown to it
  --private-key FILE  key of that certificate
  --version           the version
  -h, --help          this text

Examples: berth-agent --kube --node vnode-103-176
          berth-agent -f examples/01-field-story --node vnode-103-176
`;

const options = {
  file: { type: 'string', short: 'f' },
  kube: { type: 'boolean' },
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  node: { type: 'string' },
  ovs: { type: 'string', default: 'unix:/run/openvswitch/db.sock' },
  state: { type: 'string' },
  instance: { type: 'string', default: 'default' },
  'run-dir': { type: 'string', default: '/run/berth' },
  'cni-socket': { type: 'string' },
  'ovs-rundir': { type: 'string', default: '/run/openvswitch' },
  'ovn-rundir': { type: 'string', default: '/run/ovn' },
  sb: { type: 'string' },
  'ca-cert': { type: 'string' },
  certificate: { type: 'string' },
  'private-key': { type: 'string' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads a command line. Of the environment it reads NODE_NAME, which a pod has from `spec.nodeName`. */
export function readFlags(argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Reading {
  try {
    const { values } = parseArgs({ args: [...argv], options });
    if (values.help) return { kind: 'help' };
    if (values.version) return { kind: 'version' };
    const inputs = inputsOf(values);
    if (typeof inputs === 'string') return { kind: 'usage', message: inputs };
    const { certificate, 'ca-cert': ca, 'private-key': privateKey, 'cni-socket': cniSocket } = values;
    if (cniSocket !== undefined && inputs.kind === 'folder') {
      return { kind: 'usage', message: '--cni-socket goes with --kube: pods are of a cluster' };
    }
    if (ca === undefined && (certificate !== undefined || privateKey !== undefined)) {
      return { kind: 'usage', message: 'whom to believe? name the authorities of SB with --ca-cert FILE' };
    }
    if ((certificate === undefined) !== (privateKey === undefined)) {
      return { kind: 'usage', message: '--certificate and --private-key go together' };
    }
    return {
      kind: 'settings',
      settings: {
        node: values.node ?? (environment['NODE_NAME'] || hostname()),
        ovsRemote: values.ovs,
        inputs,
        instance: values.instance,
        ovsRundir: values['ovs-rundir'],
        ovnRundir: values['ovn-rundir'],
        runFolder: values['run-dir'],
        cniSocket,
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

/** What the agent goes by, or what is wrong with what it was told. */
function inputsOf({
  file: folder,
  state: stateFolder,
  kube,
  kubeconfig,
  context,
}: {
  readonly file?: string | undefined;
  readonly state?: string | undefined;
  readonly kube?: boolean | undefined;
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}): Inputs | string {
  const isCluster = kube === true || kubeconfig !== undefined || context !== undefined;
  if (folder === undefined && !isCluster) return 'which folder or cluster? name it with -f DIR or --kube';
  if (folder !== undefined && isCluster) return '-f and a cluster name two places; give one of them';
  if (folder !== undefined) return { kind: 'folder', folder, stateFolder };
  if (stateFolder !== undefined) return '--state goes with -f; a cluster keeps its own';
  return { kind: 'cluster', kubeconfig, context };
}
