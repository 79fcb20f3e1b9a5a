import { isMap, type Row, type Snapshot } from '@berth/ovsdb/value';
import { mappingsKey } from '../provider/mapping-change.ts';
import { parseMappings } from '../provider/mappings.ts';
import { idOf, integrationBridge, numberOf, referencesOf, rootOf, rowNamed, textOf } from './row.ts';

/** A port of a bridge, as OpenFlow numbers it. */
export type SwitchPort = { readonly name: string; readonly number: number };

/** A NIC of a provider bridge; `carrier` is undefined while the switch has not said. */
export type SwitchNic = SwitchPort & { readonly carrier: boolean | undefined };

/** The end of a patch on a provider bridge, and the localnet port of OVN that it is for. */
export type LocalnetPatch = SwitchPort & { readonly localnet: string };

/** What leads to an external network. */
export type ProviderBridge = {
  readonly network: string;
  readonly bridge: string;
  readonly nics: readonly SwitchNic[];
  readonly patches: readonly LocalnetPatch[];
};

/** A tunnel that BFD watches. */
export type Tunnel = { readonly chassis: string; readonly up: boolean };

/** A node's switch as far as gateways depend on it. */
export type NodeSwitch = {
  readonly systemId: string | undefined;
  /** `ovn-remote`: where SB is, as ovn-controller has it. */
  readonly southbound: readonly string[];
  readonly integration: string;
  /** By network, from `ovn-bridge-mappings`. */
  readonly providers: ReadonlyMap<string, ProviderBridge>;
  readonly tunnels: readonly Tunnel[];
};

/** Reads a node's switch; undefined before it was ever configured. */
export function nodeSwitchOf(snapshot: Snapshot): NodeSwitch | undefined {
  const root = rootOf(snapshot);
  if (!root) return undefined;
  const integration = integrationBridge(snapshot);
  const mappings = parseMappings(idOf(root, mappingsKey) ?? '');
  return {
    systemId: idOf(root, 'system-id'),
    southbound: (idOf(root, 'ovn-remote') ?? '').split(',').flatMap((remote) => remote.trim() || []),
    integration: idOf(root, 'ovn-bridge') ?? 'br-int',
    providers: new Map(
      mappings.map(({ network, bridge }) => [network, providerBridge(snapshot, network, bridge)]),
    ),
    tunnels: integration ? tunnelsOf(snapshot, integration) : [],
  };
}

function providerBridge(snapshot: Snapshot, network: string, bridge: string): ProviderBridge {
  const row = rowNamed(snapshot, 'Bridge', bridge);
  const interfaces = row ? portsOf(snapshot, row) : [];
  return {
    network,
    bridge,
    nics: interfaces.flatMap(({ row: each }) => {
      const port =
        textOf(each, 'type') === '' || textOf(each, 'type') === 'system' ? portOf(each) : undefined;
      if (!port || port.name === bridge) return [];
      const link = textOf(each, 'link_state');
      return [{ ...port, carrier: link === '' ? undefined : link === 'up' }];
    }),
    patches: interfaces.flatMap(({ row: each, port: owner }) => {
      const localnet = idOf(owner, 'ovn-localnet-port');
      const port = textOf(each, 'type') === 'patch' ? portOf(each) : undefined;
      return port && localnet !== undefined ? [{ ...port, localnet }] : [];
    }),
  };
}

/** `ovn-chassis-id` of the port is the chassis, `@` and the address of the tunnel's other end (ovn-controller(8)). */
function tunnelsOf(snapshot: Snapshot, integration: Row): readonly Tunnel[] {
  const byChassis = new Map<string, boolean>();
  for (const { row, port } of portsOf(snapshot, integration)) {
    const [chassis] = (idOf(port, 'ovn-chassis-id') ?? '').split('@');
    const status = row['bfd_status'];
    const state = isMap(status) ? status.get('state') : undefined;
    if (!chassis || state === undefined) continue;
    byChassis.set(chassis, byChassis.get(chassis) === true || state === 'up');
  }
  return [...byChassis].map(([chassis, up]) => ({ chassis, up })).sort(byName);
}

function portsOf(snapshot: Snapshot, bridge: Row): readonly { readonly row: Row; readonly port: Row }[] {
  return referencesOf(bridge, 'ports')
    .flatMap((uuid) => snapshot.table('Port').get(uuid) ?? [])
    .flatMap((port) =>
      referencesOf(port, 'interfaces').flatMap((uuid) => {
        const row = snapshot.table('Interface').get(uuid);
        return row ? [{ row, port }] : [];
      }),
    );
}

function portOf(row: Row): SwitchPort | undefined {
  const number = numberOf(row, 'ofport');
  return number === undefined || number < 1 ? undefined : { name: textOf(row, 'name'), number };
}

function byName(left: Tunnel, right: Tunnel): number {
  return left.chassis < right.chassis ? -1 : 1;
}
