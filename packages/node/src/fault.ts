/** What can go wrong with a node beside a program that fails. */
export type NodeFaultCode =
  /** The Open_vSwitch database has no configuration, or no integration bridge, yet. */
  | 'switch-not-ready'
  /** ovs-vswitchd did not take up its configuration in time, or its OpenFlow connection ended. */
  | 'switch-not-answering'
  /** ovs-vswitchd does not take a message or a command: its bridge allows no OpenFlow 1.3, or it has two datapaths. */
  | 'switch-refused'
  /** Another agent reports for this node. */
  | 'another-agent'
  /** An order is of an earlier controller than one that was carried out. */
  | 'order-behind'
  /** What the agent remembers of its node cannot be read or written. */
  | 'memory-unusable'
  /** A workload's namespace has an interface of that name which we did not make. */
  | 'interface-taken'
  /** ovn-controller keeps the flows of a gateway port that SB has given to another node. */
  | 'gateway-kept'
  /** ovn-controller did not install a port in time. */
  | 'port-not-installed'
  /** A program printed something that we cannot read. */
  | 'output-unreadable';

const retries: Readonly<Record<NodeFaultCode, 'backoff' | 'wait-change' | 'never'>> = {
  'switch-not-ready': 'wait-change',
  'switch-not-answering': 'wait-change',
  'switch-refused': 'never',
  'another-agent': 'wait-change',
  'order-behind': 'wait-change',
  'memory-unusable': 'backoff',
  'interface-taken': 'backoff',
  'gateway-kept': 'wait-change',
  'port-not-installed': 'wait-change',
  'output-unreadable': 'never',
};

/** The node is not as it must be. The message says what to look at. */
export class NodeFault extends Error {
  override readonly name = 'NodeFault';
  readonly code: NodeFaultCode;
  /** Whether trying again can help: after a pause, after the node's database has changed, or not at all. */
  readonly retry: 'backoff' | 'wait-change' | 'never';

  constructor(code: NodeFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retry = retries[code];
  }
}

/** The interface of a pod was made by somebody else: another CNI, or another instance. */
export class InterfaceTakenFault extends NodeFault {
  readonly pod: { readonly namespace: string; readonly name: string };

  constructor(pod: { readonly namespace: string; readonly name: string }, message: string) {
    super('interface-taken', message);
    this.pod = pod;
  }
}
