import type { ResourceSet } from '@berth/api';
import type { ExternalFlow, Intent } from '@berth/core';
import type { Ip } from '@berth/net';
import type { Connection } from './probe-connection.ts';

/** An external address that is pinged, and the workload behind it. */
export type Probing = {
  readonly address: Ip;
  /** The workload that it is of: a pod as NAMESPACE/NAME, or some pod that is not known; `anybody` of an address that is nothing's. */
  readonly of: { readonly pod: string } | 'some-pod' | 'anybody';
  /** The way out. Undefined when no pod is known behind the address: then only the way in is probed. */
  readonly outbound: { readonly pod: string; readonly to: Ip } | undefined;
};

/** What is to be sent: pings of floating IPs, and the connections that show rules. */
export type Packets = {
  readonly probings: readonly Probing[];
  readonly connections: readonly Connection[];
  /** What is there and cannot be tried, as it is not programmed; absent where all can. */
  readonly untried?: string;
};

/** What is known of a target: what is asked for, and what NB has where that stands for {@link manyTarget}. */
export type Known = {
  readonly intent: Intent;
  readonly resources: ResourceSet;
  readonly flows: readonly ExternalFlow[];
};
