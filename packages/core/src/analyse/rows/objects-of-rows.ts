import { type KindName, type ResourceSet, resourceSetOf } from '@berth/api';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { type Fabric, gatewayClaim } from '../../fabric/fabric.ts';
import { keeperChassis } from '../../fabric/keeper.ts';
import { rowsOf } from '../../fabric/tables.ts';
import type { ExternalFlow } from '../flow.ts';
import { northOf } from '../flows/north.ts';
import { routerView } from '../flows/router-view.ts';
import type { Verdict } from '../verdict.ts';
import {
  nodesOfRows,
  type RowsNetwork,
  subnetsOfRows,
  vpcsOfRows,
  workloadsOfRows,
} from './network-of-rows.ts';
import { rulesOfRows } from './rules-of-rows.ts';

/** An OVN of which nothing but its rows is known. */
export type RowsInput = {
  readonly nb: Snapshot<NbTables>;
  readonly fabric: Fabric;
  /** Every flow of NB, see `flowsOf`. */
  readonly flows: readonly ExternalFlow[];
  /** What becomes of them as things are now; none where nothing can be said of packets. */
  readonly verdicts: readonly Verdict[];
};

/** The kinds that rows tell of. */
export const kindsOfRows: ReadonlySet<KindName> = new Set<KindName>([
  ...(['Vpc', 'Subnet', 'OvnEip', 'OvnFip', 'OvnSnatRule', 'OvnDnatRule', 'IP', 'Node', 'Pod'] as const),
]);

/**
 * The objects behind the rows of an NB as far as rows tell, whoever made them. The names of rules are those that Berth's rows carry, else the
 * targets by which commands take them; the status says what NB and SB have now. What only objects hold, as labels, ages and what was asked for, is
 * not there.
 */
export function objectsOfRows({ flows, verdicts, ...rest }: RowsInput): ResourceSet {
  const network = networkOf(rest);
  return resourceSetOf([
    ...vpcsOfRows(network),
    ...subnetsOfRows(network),
    ...workloadsOfRows(network),
    ...nodesOfRows(network),
    ...rulesOfRows({ ...network, flows, verdicts }),
  ]);
}

/** A port by which a router is attached to the outside, with its gateways as NB has them. */
export type AttachmentOfRows = {
  readonly vpc: string;
  readonly port: string;
  /** The switch; the port's own name where it is on none. */
  readonly subnet: string;
  readonly addresses: readonly string[];
  /** In the order of election; whether it claims the port in SB. */
  readonly gateways: readonly {
    readonly chassis: string;
    readonly priority: number;
    readonly active: boolean;
  }[];
};

/** How the routers of an NB are attached to the outside, by name. */
export function attachmentsOfRows(input: Pick<RowsInput, 'nb' | 'fabric'>): readonly AttachmentOfRows[] {
  const { routers, switchName, fabric } = networkOf(input);
  return routers.flatMap(({ name: vpc, gatewayPorts }) =>
    gatewayPorts.map(({ name: port, port: row, switchRow }) => {
      const active = gatewayClaim(fabric, port);
      const members = fabric.dataPlane?.groups.get(port)?.members ?? fabric.gateways.get(port) ?? [];
      return {
        ...{ vpc, port, subnet: switchName(switchRow) ?? port, addresses: [...row.networks] },
        gateways: members
          .filter(({ chassis }) => chassis !== keeperChassis)
          .map(({ chassis, priority }) => ({ chassis, priority, active: chassis === active })),
      };
    }),
  );
}

function networkOf({ nb, fabric }: Pick<RowsInput, 'nb' | 'fabric'>): RowsNetwork {
  const north = northOf(nb, fabric);
  const names = new Map([...rowsOf(nb, 'Logical_Switch')].map(({ _uuid, name }) => [_uuid, name]));
  return {
    ...{ nb, fabric, north },
    routers: north.routers.map((row) => routerView(north, row)),
    switchName: (on) => (on === undefined ? undefined : names.get(on)),
  };
}
