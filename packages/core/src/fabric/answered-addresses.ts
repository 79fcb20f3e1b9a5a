import { originKey } from '@berth/api';
import { contains, type InterfaceAddress, type Ip, parseInterfaceAddress, parseIp } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import { externalNetworksOf, switchesByRouterPort } from './external-networks.ts';
import { gatewayClaim } from './fabric.ts';
import { addressesOf } from './foreign-holder.ts';
import { heldBalancers } from './held-balancers.ts';
import { type Inner, innerOf } from './linger-inner.ts';
import { type RowChange, rowChangeOf } from './row-change.ts';
import { finderOf, heldRows, rowsOf } from './tables.ts';

/** An address that a chassis answers for outside, as a row of NB and the claims of SB have it. */
export type AnsweredAddress = {
  readonly row: Uuid;
  readonly ip: Ip;
  /** The external switch (Logical_Switch) it is answered on. */
  readonly switchName: string;
  readonly chassis: string;
  /** The router port whose gateway answers; undefined where the row runs at the workload. */
  readonly gatewayPort: string | undefined;
  /** The hardware address that is told: the row's own where it runs at the workload, else the router port's. */
  readonly mac: string;
  /** The object behind the row, as `formatRef` writes it; undefined for rows of others. */
  readonly object: string | undefined;
  /** What its row translates to it on the way out. */
  readonly inner: readonly Inner[];
  /** When the row changed last, where it says so. */
  readonly change: RowChange | undefined;
};

/** Chassis that claim ports, by logical port (SB Port_Binding). */
type Claims = ReadonlyMap<string, string>;

/** The addresses of the NAT rows, load balancers and router ports that are meant. What nobody claims nobody answers for. */
export function answeredAddresses(
  nb: Snapshot<NbTables>,
  claims: Claims,
  isMeant: (row: Uuid) => boolean = () => true,
): readonly AnsweredAddress[] {
  const [natOf, balancerOf, portOf] = [
    finderOf(nb, 'NAT'),
    finderOf(nb, 'Load_Balancer'),
    finderOf(nb, 'Logical_Router_Port'),
  ];
  const groupOf = finderOf(nb, 'Load_Balancer_Group');
  return [...rowsOf(nb, 'Logical_Router')].flatMap((router) => {
    const meant = <Row>(
      held: ReadonlySet<Uuid>,
      find: (uuid: Uuid | undefined) => Row | undefined,
    ): readonly Row[] => heldRows([...held].filter(isMeant), find);
    const named = [
      ...meant(router.nat, natOf).flatMap((row) => natPlaces(router.name, row)),
      ...meant(heldBalancers(router, groupOf), balancerOf).flatMap((row) =>
        [...addressesOf('Load_Balancer', row)].map((ip) => ({ row, ip })),
      ),
      ...meant(router.ports, portOf).flatMap((row) =>
        networksOf(row).map(({ ip }) => ({ row, ip, port: row._uuid })),
      ),
    ];
    const waysOut = named.length === 0 ? [] : waysOutOf(router, nb, portOf);
    return named.flatMap((place) => answeredAt(place, waysOut, claims));
  });
}

/** An address of a row, with the router port that it names and the workload at which it runs, where there are these. */
type Place = {
  readonly row: { readonly _uuid: Uuid; readonly external_ids: ReadonlyMap<string, string> };
  readonly ip: Ip;
  readonly port?: Uuid | undefined;
  readonly workload?: string;
  readonly mac?: string;
  readonly inner?: readonly Inner[];
};

/** With both columns northd has the row run where the workload's port is claimed (ovn-nb(5), NAT `external_mac`). */
function natPlaces(router: string, row: NbTables['NAT']): readonly Place[] {
  const ip = parseIp(row.external_ip);
  if (ip === undefined) return [];
  const { logical_port: workload, external_mac: mac, gateway_port: port } = row;
  const isDistributed = row.type === 'dnat_and_snat' && workload !== undefined && mac !== undefined;
  return [{ row, ip, port, inner: innerOf(router, row), ...(isDistributed && { workload, mac }) }];
}

function answeredAt(
  { row: { _uuid: row, external_ids: ids }, ip, port: named, workload, mac, inner = [] }: Place,
  waysOut: readonly WayOut[],
  claims: Claims,
): readonly AnsweredAddress[] {
  const way =
    waysOut.find(({ port }) => port._uuid === named) ??
    waysOut.find(({ networks }) => networks.some(({ cidr }) => contains(cidr, ip))) ??
    (waysOut.length === 1 ? waysOut[0] : undefined);
  // A router port answers for its own addresses on its own switch.
  if (!way || (named === row && way.port._uuid !== row)) return [];
  const chassis = workload === undefined ? gatewayClaim({ claims }, way.port.name) : claims.get(workload);
  if (chassis === undefined) return [];
  return [
    {
      ...{ row, ip, switchName: way.switchName, chassis, mac: (mac ?? way.port.mac).toLowerCase() },
      gatewayPort: workload === undefined ? way.port.name : undefined,
      ...{ object: ids.get(originKey), inner, change: rowChangeOf(ids) },
    },
  ];
}

/** A router's port on an external switch. */
type WayOut = {
  readonly port: NbTables['Logical_Router_Port'];
  readonly networks: readonly InterfaceAddress[];
  readonly switchName: string;
};

function waysOutOf(
  { ports }: NbTables['Logical_Router'],
  nb: Snapshot<NbTables>,
  portOf: (uuid: Uuid) => NbTables['Logical_Router_Port'] | undefined,
): readonly WayOut[] {
  const switches = switchesByRouterPort(externalNetworksOf(nb));
  return heldRows(ports, portOf).flatMap((port) => {
    const switchName = switches.get(port.name);
    return switchName === undefined ? [] : [{ port, networks: networksOf(port), switchName }];
  });
}

function networksOf({ networks }: NbTables['Logical_Router_Port']): readonly InterfaceAddress[] {
  return [...networks].flatMap((text) => parseInterfaceAddress(text) ?? []);
}
