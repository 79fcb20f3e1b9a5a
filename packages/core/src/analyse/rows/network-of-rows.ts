import type { IP, Node, Pod, Subnet, Vpc } from '@berth/api';
import { parseInterfaceAddress } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import type { Fabric } from '../../fabric/fabric.ts';
import { rowsOf } from '../../fabric/tables.ts';
import { causeOf } from '../flows/marks.ts';
import { addressesOf, type North, type SwitchPort } from '../flows/north.ts';
import type { RouterView } from '../flows/router-view.ts';
import { byFamily, known, metadataOf } from './made.ts';

/** NB as the objects of a network are read from it. */
export type RowsNetwork = {
  readonly nb: Snapshot<NbTables>;
  readonly fabric: Fabric;
  readonly north: North;
  readonly routers: readonly RouterView[];
  /** The name of a switch. */
  readonly switchName: (on: Uuid | undefined) => string | undefined;
};

/** The routers, as Vpcs. */
export function vpcsOfRows({ routers, north, switchName }: RowsNetwork): readonly Vpc[] {
  return routers.map(({ name, ports, gatewayPorts }) => {
    const outside = new Set(gatewayPorts.map((port) => port.name));
    const inside = ports.filter((port) => !outside.has(port.name));
    const subnets = inside.flatMap((port) => switchName(north.switchOf.get(port.name)) ?? []);
    return {
      apiVersion: 'kubeovn.io/v1',
      kind: 'Vpc',
      metadata: metadataOf(name),
      spec: {},
      status: {
        standby: true,
        router: name,
        enableExternal: gatewayPorts.length > 0,
        subnets: [...new Set(subnets)].sort(),
      },
    };
  });
}

/** The switches, as Subnets with the networks of the router ports on them. */
export function subnetsOfRows({ nb, north, routers }: RowsNetwork): readonly Subnet[] {
  const outside = new Set(routers.flatMap(({ gatewayPorts }) => gatewayPorts.map(({ name }) => name)));
  const all = routers.flatMap((router) => router.ports.map((port) => ({ router: router.name, ...port })));
  const bySwitch = Map.groupBy(all, ({ name }) => north.switchOf.get(name));
  return [...rowsOf(nb, 'Logical_Switch')].map(({ _uuid, name }) => {
    const here = bySwitch.get(_uuid) ?? [];
    const inside = here.filter((port) => !outside.has(port.name));
    const addresses = here.flatMap(({ port }) =>
      [...port.networks].flatMap((text) => parseInterfaceAddress(text) ?? []),
    );
    const owner = inside[0]?.router;
    return {
      apiVersion: 'kubeovn.io/v1',
      kind: 'Subnet',
      metadata: metadataOf(name),
      spec: {
        cidrBlock: [...new Set(addresses.map(({ cidr }) => cidr))].join(','),
        ...(owner !== undefined && { vpc: owner, gateway: addresses.map(({ ip }) => ip).join(',') }),
      },
    };
  });
}

/** The ports of workloads that have an address, as IPs and, where they say whose they are, their pods. */
export function workloadsOfRows({ nb, fabric, north }: RowsNetwork): readonly (IP | Pod)[] {
  return [...rowsOf(nb, 'Logical_Switch')].flatMap(({ _uuid, name }) =>
    (north.workloads.get(_uuid) ?? []).flatMap((port) => workload(port, name, { fabric, north })),
  );
}

function workload(
  port: SwitchPort,
  subnet: string,
  { fabric, north }: Pick<RowsNetwork, 'fabric' | 'north'>,
): readonly (IP | Pod)[] {
  const addresses = addressesOf(port);
  if (addresses.length === 0) return [];
  const pod = podOfPort(port);
  const chassis = fabric.claims.get(port.name);
  const nodeName = chassis === undefined ? undefined : north.nodeName(chassis);
  const { v4, v6 } = byFamily(addresses);
  const ip: IP = {
    apiVersion: 'kubeovn.io/v1',
    kind: 'IP',
    metadata: metadataOf(port.name),
    spec: known({
      ...{ podName: pod?.name, namespace: pod?.namespace, subnet, nodeName },
      ...{ ipAddress: addresses.join(','), v4IpAddress: v4, v6IpAddress: v6 },
      macAddress: [...port.addresses].flatMap((text) => text.split(' ')).find((word) => macForm.test(word)),
    }),
  };
  if (!pod) return [ip];
  return [
    ip,
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadataOf(pod.name, pod.namespace), namespace: pod.namespace },
      spec: known({ nodeName }),
      status: known({ podIP: addresses[0] }),
    },
  ];
}

const macForm = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i;

/** The pod of a port: Kube-OVN writes it as `pod=NAMESPACE/NAME`; Berth's ports are of IP objects, which are called `POD.NAMESPACE`. */
export function podOfPort(
  port: Pick<SwitchPort, 'external_ids'>,
): { readonly namespace: string; readonly name: string } | undefined {
  const [namespace, name, ...rest] = (port.external_ids.get('pod') ?? '').split('/');
  if (namespace && name && rest.length === 0) return { namespace, name };
  const cause = causeOf(port);
  if (cause?.kind === 'Pod' && cause.namespace !== undefined)
    return { namespace: cause.namespace, name: cause.name };
  const dot = cause?.kind === 'IP' ? cause.name.lastIndexOf('.') : -1;
  return cause && dot > 0
    ? { namespace: cause.name.slice(dot + 1), name: cause.name.slice(0, dot) }
    : undefined;
}

/** The chassis of SB, as Nodes. Whether they are ready only a cluster knows. */
export function nodesOfRows({ fabric, north }: Pick<RowsNetwork, 'fabric' | 'north'>): readonly Node[] {
  const names = new Set([...fabric.chassis.keys()].map(north.nodeName));
  return [...names].map((name) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metadataOf(name),
    spec: {},
  }));
}
