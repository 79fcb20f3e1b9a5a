import type { PodRoute } from '@berth/core';
import { fnv1a64, formatInterfaceAddress, type InterfaceAddress, type Ip, type Mac } from '@berth/net';

/** A pod's interface: everything needed to make it, or to see that it is as it should be. */
export type Workload = {
  /** The pod. */
  readonly namespace: string;
  readonly name: string;
  /** Its network namespace: a name under /run/netns, or an absolute path. */
  readonly netns: string;
  /** Name of the logical switch port: `iface-id`. */
  readonly portName: string;
  /** Name inside the pod: `eth0`. */
  readonly interfaceName: string;
  readonly mac: Mac;
  readonly addresses: readonly InterfaceAddress[];
  /** Next hops of the default routes, at most one of each family. */
  readonly gateways: readonly Ip[];
  /** Further routes, none of them a default one. */
  readonly routes?: readonly PodRoute[];
  /** Absent: the largest that fits into the tunnel. */
  readonly mtu?: number;
  /** On whose behalf it is attached, where that was a container runtime. */
  readonly sandbox?: SandboxMark;
};

/** What of a runtime's wish is noted with the port, so that nothing but the node's database need be remembered. */
export type SandboxMark = {
  /** The sandbox's container id. */
  readonly id: string;
  /** Name of the runtime's network. */
  readonly network: string;
  /** Of the pod; undefined where the runtime does not tell. */
  readonly podUid: string | undefined;
};

/** Keys in `external_ids` of an Interface: what there is of a {@link SandboxMark}. */
export const sandboxKeys = {
  id: 'berth.dev/sandbox',
  network: 'berth.dev/network',
  podUid: 'berth.dev/pod-uid',
} as const;

/** The name of the node's end of the pair: `bth` and 12 hexadecimal digits that only depend on the port. */
export function hostInterfaceName(portName: string): string {
  return `bth${BigInt.asUintN(48, fnv1a64(portName)).toString(16).padStart(12, '0')}`;
}

/**
 * What the routes that we make in a pod's namespace are marked with (ip-route(8), `proto`): a number that no routing daemon of
 * `/etc/iproute2/rt_protos` has. Routes with another one are somebody else's.
 */
export const routeProtocol = '98';

/** What a config ends with since our routes are marked. */
export const routeMark = `proto ${routeProtocol}`;

/** Key in `external_ids` of an Interface: what the pod's end was set up with. */
export const configKey = 'berth.dev/config';

/** One text for what the pod's end is set up with; written last, it says that the work was done. */
export function configOf(workload: Workload): string {
  const { gateways, routes = [], mtu } = workload;
  return [
    endOf(workload),
    ...gateways.map((ip) => `via ${ip}`),
    ...routes.map(({ dst, gw }) => `${dst} via ${gw}`),
    ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
    routeMark,
  ].join(' ');
}

/** What a config begins with: the place of the pod's end, its MAC and its addresses. */
export function endOf({ netns, interfaceName, mac, addresses }: Workload): string {
  return [`${netns}/${interfaceName}`, mac, ...addresses.map(formatInterfaceAddress)].join(' ');
}
