import type { Dial, TlsOptions } from '@berth/ovsdb';

/**
 * All effects a node's agent may have on its machine, apart from its Open_vSwitch database.
 * One implementation acts on this machine, another on a node of a lab.
 */
export type Host = {
  /** The Kubernetes name of the node. */
  readonly node: string;
  /** Remote of the node's Open_vSwitch database: `unix:/run/openvswitch/db.sock`. */
  readonly ovsRemote: string;
  /** Where ovs-vswitchd has the management sockets of its bridges: `/run/openvswitch`. */
  readonly ovsRundir: string;
  /** Where ovn-controller has its pidfile and its control socket: `/run/ovn`. */
  readonly ovnRundir: string;
  /** How SB is reached, where it is not as `ovn-remote` of the node's database says. */
  readonly southbound?: {
    readonly remotes?: readonly string[];
    readonly tls?: TlsOptions;
    readonly dial?: Dial;
  };
  /**
   * Runs a program in the node's network namespace, or in a workload's (a name under /run/netns, or an absolute path).
   * Resolves with its standard output; throws {@link HostFault} when it cannot be started or exits other than 0.
   */
  run(argv: readonly string[], options?: { readonly netns?: string }): Promise<string>;
};

/** A program on the node failed. `retry` is `backoff`: the machine may be busy; the next pass tries again. */
export class HostFault extends Error {
  readonly code = 'host-command-failed';
  readonly retry = 'backoff';
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly stderr: string;

  constructor(node: string, argv: readonly string[], exitCode: number, stderr: string, cause?: unknown) {
    super(`on node ${node}: ${argv.join(' ')}: ${stderr.trim() || `exit code ${exitCode}`}`, { cause });
    this.name = 'HostFault';
    this.argv = argv;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}
