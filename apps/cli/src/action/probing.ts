import type { ResourceSet } from '@berth/api';
import type { ExternalFlow, Intent } from '@berth/core';
import type { Server } from '@berth/lab';
import type { Ip } from '@berth/net';

/** An external address that is pinged, and the workload behind it. */
export type Probing = {
  readonly address: Ip;
  /**
   * The workload that it is of: pods as NAMESPACE/NAME, of which any may answer, or some pod that is not known; `anybody` of an address that is
   * nothing's.
   */
  readonly of: { readonly pods: readonly string[] } | 'some-pod' | 'anybody';
  /** The way out. Undefined when no pod is known behind the address: then only the way in is probed. */
  readonly outbound: { readonly pod: string; readonly to: Ip } | undefined;
};

/** The pods that a pinged address is of; none where they are not known. */
export function podsBehind({ of }: Pick<Probing, 'of'>): readonly string[] {
  return typeof of === 'string' ? [] : of.pods;
}

/** A connection that shows a rule at work. Places are `outside`, or a pod as `ns/name`. */
export type Connection = {
  readonly direction: 'inbound' | 'outbound';
  readonly protocol: 'tcp' | 'udp';
  readonly from: string;
  /** What the client connects to. */
  readonly to: Ip;
  readonly port: number;
  /** What may answer, and where it listens; of a load-balancer several, each with its share. */
  readonly backends: readonly Server[];
  /** How many more there are that cannot be tried, and get their share all the same. */
  readonly others?: number;
  /** The client's address as the server must see it; undefined where any will do. */
  readonly seenAs: Ip | undefined;
};

/** What is to be sent: pings of floating IPs, and the connections that show rules. */
export type Packets = {
  readonly probings: readonly Probing[];
  readonly connections: readonly Connection[];
  /** What is there and cannot be tried, as it is not programmed or nobody's; absent where all can. */
  readonly untried?: string;
};

/** What NB has of a target, whoever made it. */
export type Rows = {
  /** The flows of the target. */
  readonly flows: readonly ExternalFlow[];
  /** All there are: of a load-balancer the target may be one backend. */
  readonly all: readonly ExternalFlow[];
  /** The pod of a flow, as NAMESPACE/NAME; undefined where no pod has its address. */
  readonly podOf: (flow: ExternalFlow) => string | undefined;
  /** Whom packets with a public address are sent to outside; undefined where no network of the outside has it. */
  readonly outsideBeside: (address: Ip) => Ip | undefined;
};

/** What is known of a target: what is asked for, and what NB has. */
export type Known = {
  readonly intent: Intent;
  readonly resources: ResourceSet;
  readonly rows: Rows;
};

/** What objects ask for behind a target, and what there is to send where neither they nor rows of NB have anything: it may throw. */
export type Asked = {
  readonly packets: Packets;
  readonly otherwise: (untried: string | undefined) => Packets;
};

/** Several packets as one. */
export function together(...all: readonly Packets[]): Packets {
  const untried = [...new Set(all.flatMap((each) => each.untried ?? []))];
  return {
    probings: all.flatMap(({ probings }) => probings),
    connections: all.flatMap(({ connections }) => connections),
    ...(untried.length > 0 && { untried: untried.join('; ') }),
  };
}

/** Whether anything is to be sent at all. */
export function sendsAny({ probings, connections }: Packets): boolean {
  return probings.length + connections.length > 0;
}
