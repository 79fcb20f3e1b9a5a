import type { AttachPlace } from '../workload/attach.ts';
import type { PodReader } from './pod-resources.ts';
import type { PortLocks } from './port-locks.ts';

/** Where sandboxes are attached, and by what. */
export type SandboxPlace = AttachPlace & {
  /** The node's pods, their addresses, and the subnets. */
  readonly pods: PodReader;
  readonly locks: PortLocks;
  readonly times: AttachTimes;
};

export type AttachTimes = {
  /** How long the controller may take to give a pod its address. */
  readonly addressMs: number;
  /** How long OVN may take until it forwards a pod's packets. */
  readonly installMs: number;
};

/** As long as Kube-OVN's. */
export const usualAttachTimes: AttachTimes = { addressMs: 30_000, installMs: 30_000 };
