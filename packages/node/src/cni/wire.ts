import type { CniError } from './cni-fault.ts';
import type { CniResult } from './result.ts';

/** Where the agent listens unless it is told otherwise. */
export const defaultAgentSocket = '/run/berth/agent.sock';

/** An interface in a container. Together with the network's name it says what a command is about. */
export type Attachment = { readonly containerId: string; readonly ifname: string };

/** The pod a sandbox is of, as kubelet names it in CNI_ARGS. */
export type SandboxPod = { readonly namespace: string; readonly name: string; readonly uid?: string };

type OnAttachment = { readonly network: string; readonly attachment: Attachment };

type Sandbox = OnAttachment & {
  /** Path of the network namespace. */
  readonly netns: string;
  readonly pod: SandboxPod;
  readonly mtu?: number;
};

export type AddRequest = Sandbox & { readonly command: 'ADD' };

export type DelRequest = OnAttachment & { readonly command: 'DEL'; readonly pod?: SandboxPod };

export type CheckRequest = Sandbox & {
  readonly command: 'CHECK';
  /** The addresses of the result that ADD gave, with prefix lengths. */
  readonly addresses: readonly string[];
};

export type GcRequest = {
  readonly command: 'GC';
  readonly network: string;
  /** Everything else of this network is to go. */
  readonly valid: readonly Attachment[];
};

export type StatusRequest = { readonly command: 'STATUS' };

/** What the plugin asks the agent: one line of JSON for each connection. */
export type CniRequest = AddRequest | DelRequest | CheckRequest | GcRequest | StatusRequest;

/** What the agent answers: one line of JSON, and the end of the connection. */
export type CniAnswer = { readonly result?: CniResult } | { readonly error: CniError };
