import { ownerKey } from '@berth/api';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { behindOf, carriedOut, saysHowFar } from './behind.ts';
import { detailsReader } from './chassis-details.ts';
import { dataPlaneOf } from './data-plane.ts';
import { type Chassis, type Fabric, type GatewayMember, isReportOf, type NodeHealth } from './fabric.ts';
import { foreignAddressesOf } from './foreign-addresses.ts';
import { standsStill } from './frozen.ts';
import type { GroupsFrom } from './gateway-groups.ts';
import { givenBackRouters } from './given-back.ts';
import { guestPortsOf } from './guest-ports.ts';
import { type Lacking, lackingOf } from './lacking.ts';
import { lingerMarks } from './linger-mark.ts';
import { learnedIn } from './neighbours.ts';

/**
 * Reads the fabric from NB and SB, and from what agents report. Works on any OVN, whoever programmed it. The data plane is
 * there when SB's groups are among the tables that are read: the controller does without. With `groupsFrom: 'nb'` groups are
 * as northd will make them of NB, whatever SB has still. What chassis lack is worked out by going through the rows for each that is behind, as all but
 * one are for a moment after every write: who knows better which of them stand still leaves it out, and asks `lackingAt` for those.
 */
export function fabricOf(
  nb: Snapshot<NbTables>,
  sb: Snapshot<SbTables>,
  reports: readonly NodeHealth[] = [],
  { groupsFrom = 'sb', withLacking = true }: FabricOptions = {},
): Fabric {
  const bfdRows = new Set(
    nb.tableNames.includes('BFD') ? [...nb.table('BFD')].map(({ _uuid }) => _uuid) : [],
  );
  const chassis = chassisOf(sb);
  const behind = behindOf(nb, sb);
  const dataPlane = dataPlaneOf(nb, sb, chassis, reports, groupsFrom, behind);
  const lacking = withLacking ? lackingAt(nb, sb, reports, behind) : new Map();
  const learned = withLacking ? learnedIn(sb) : undefined;
  const foreignAddresses = foreignAddressesOf(nb);
  const guestPorts = guestPortsOf(nb);
  const givenBack = givenBackRouters(nb);
  const lingers = saysHowFar(nb) ? lingerMarks(nb, sb) : [];
  return {
    chassis,
    claims: claimsOf(sb),
    gateways: gatewaysOf(nb),
    bfdRows,
    northbound: nb,
    ...(foreignAddresses.size > 0 && { foreignAddresses }),
    ...(guestPorts.size > 0 && { guestPorts }),
    ...(givenBack.size > 0 && { givenBack }),
    ...(learned && { learned }),
    behind,
    ...(lacking.size > 0 && { lacking }),
    ...(lingers.length > 0 && { lingers }),
    ...(reports.length > 0 && { health: new Map(reports.map((report) => [report.node, report])) }),
    ...(dataPlane && { dataPlane }),
  };
}

/** What is read, where it is not everything. */
export type FabricOptions = { readonly groupsFrom?: GroupsFrom; readonly withLacking?: boolean };

/** What chassis lack that are behind, or of which their agents say that they stand still. */
export function lackingAt(
  nb: Snapshot<NbTables>,
  sb: Snapshot<SbTables>,
  reports: Iterable<NodeHealth>,
  behind: ReadonlyMap<string, number>,
): ReadonlyMap<string, Lacking> {
  const still = [...reports].filter(standsStill);
  if (still.length === 0 && behind.size === 0) return new Map();
  const done = carriedOut(sb);
  return new Map(
    [...chassisOf(sb).values()].flatMap((one) => {
      const own = done.get(one.name);
      const isMeant = behind.has(one.name) || still.some((report) => isReportOf(report, one));
      return own === undefined || !isMeant ? [] : [[one.name, lackingOf(nb, sb, one.name, own)] as const];
    }),
  );
}

const chassisOf = perObject((sb: Snapshot<SbTables>): ReadonlyMap<string, Chassis> => {
  const detailsOf = detailsReader(sb);
  const all = [...sb.table('Chassis')].map((row) => {
    const mappings =
      row.other_config.get('ovn-bridge-mappings') ?? row.external_ids.get('ovn-bridge-mappings') ?? '';
    const details = detailsOf(row);
    return {
      name: row.name,
      hostname: row.hostname,
      mappings: mappedNetworks(mappings),
      ...(details && { details }),
    };
  });
  return new Map(
    all.sort((left, right) => (left.name < right.name ? -1 : 1)).map((chassis) => [chassis.name, chassis]),
  );
});

/** Networks of `net1:br-1,net2:br-2` (ovn-controller(8), ovn-bridge-mappings). */
export function mappedNetworks(mappings: string): ReadonlySet<string> {
  const networks = mappings.split(',').map((pair) => pair.split(':')[0]?.trim() ?? '');
  return new Set(networks.filter((network) => network !== ''));
}

/** The chassis that has each port, by the port's name, as SB tells. */
export const claimsOf = perObject((sb: Snapshot<SbTables>): ReadonlyMap<string, string> => {
  const claims = new Map<string, string>();
  for (const binding of sb.table('Port_Binding')) {
    const chassis = binding.chassis === undefined ? undefined : sb.table('Chassis').get(binding.chassis);
    if (chassis) claims.set(binding.logical_port, chassis.name);
  }
  return claims;
});

/** The gateway group of each router port that has one, by the port's name, in the order of election. */
export const gatewaysOf = perObject(
  (nb: Snapshot<NbTables>): ReadonlyMap<string, readonly GatewayMember[]> => {
    const gateways = new Map<string, readonly GatewayMember[]>();
    for (const port of nb.table('Logical_Router_Port')) {
      const members = [...port.gateway_chassis].flatMap((uuid) => {
        const row = nb.table('Gateway_Chassis').get(uuid);
        if (!row) return [];
        const isForeign = !row.external_ids.has(ownerKey);
        return [
          {
            chassis: row.chassis_name,
            priority: row.priority,
            ...(isForeign && { isForeign: true as const }),
          },
        ];
      });
      if (members.length > 0)
        gateways.set(
          port.name,
          members.sort(
            (left, right) => right.priority - left.priority || (left.chassis < right.chassis ? 1 : -1),
          ),
        );
    }
    return gateways;
  },
);
