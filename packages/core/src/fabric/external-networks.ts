import type { NbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import type { ExternalNetwork } from './fabric.ts';
import { compareText, finderOf, heldRows, rowsOf } from './tables.ts';

/** The switches that stand for physical networks: those with a localnet port (ovn-nb(5)), by row. */
export const externalNetworksOf = perObject((nb: Snapshot<NbTables>): ReadonlyMap<Uuid, ExternalNetwork> => {
  const portOf = finderOf(nb, 'Logical_Switch_Port');
  const switches = [...rowsOf(nb, 'Logical_Switch')].sort((left, right) =>
    compareText(left.name, right.name),
  );
  const networks = new Map<Uuid, ExternalNetwork>();
  for (const { _uuid, name, ports: held } of switches) {
    const ports = heldRows(held, portOf);
    const [localnet] = ports
      .filter(({ type, options }) => type === 'localnet' && options?.has('network_name'))
      .sort((left, right) => compareText(left.name, right.name));
    if (localnet === undefined) continue;
    networks.set(_uuid, {
      network: localnet.options.get('network_name') ?? '',
      switchName: name,
      switchRow: _uuid,
      vlanId: localnet.tag ?? 0,
      routerPorts: ports
        .flatMap(({ type, options }) => (type === 'router' ? (options?.get('router-port') ?? []) : []))
        .sort(compareText),
    });
  }
  return networks;
});

/** The name of the external switch that each router port is on. */
export const switchesByRouterPort = perObject(
  (externals: ReadonlyMap<Uuid, ExternalNetwork>): ReadonlyMap<string, string> =>
    new Map(
      [...externals.values()].flatMap(({ switchName, routerPorts }) =>
        routerPorts.map((each) => [each, switchName] as const),
      ),
    ),
);
