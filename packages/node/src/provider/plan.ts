import type { ProviderNetwork, Vlan } from '@berth/api';
import { type Change, type Finding, plan, sortFindings } from '@berth/core';
import type { Row, Snapshot } from '@berth/ovsdb/value';
import { idOf, integrationBridge, originOf, partOf, rootOf, textOf } from '../ovs/row.ts';
import { compileProvider } from './compile.ts';
import { mappingChange } from './mapping-change.ts';
import { chooseNics, type ProviderInput, type Uplink } from './uplink.ts';

/** What is to be done for provider networks on one node. */
export type ProviderPlan = {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  readonly uplinks: readonly Uplink[];
  /** NICs that cannot be judged without a survey. Not empty: nothing else of this plan counts. */
  readonly unknownNics: readonly string[];
};

const providerTables = new Set(['Bridge', 'Port', 'Interface']);

/**
 * The bridges, NICs and mappings that a node needs, against those it has. A NIC that is in its bridge is kept without
 * another look; any other must be free to be taken. Where a network cannot be had, its bridge and mapping go: a mapping
 * that leads nowhere would make OVN send traffic here.
 */
export function planProviders(input: ProviderInput): ProviderPlan {
  const { observed, instance } = input;
  const root = rootOf(observed);
  if (!root) return { changes: [], findings: [], uplinks: [], unknownNics: [] };
  const { chosen, findings, unknownNics } = chooseNics(input);
  const datapathType = datapathTypeOf(observed, root);
  const desired = chosen.flatMap(({ network, uplink: { nic } }) =>
    compileProvider({
      network,
      nic,
      vlanIds: vlanIdsOf(network, input.vlans),
      root: root._uuid,
      datapathType,
    }),
  );
  const planned = plan({
    db: 'OVS',
    desired,
    observed: partOf(observed, instance, (row) => originOf(row).startsWith('provider-network/')),
    tables: providerTables,
    instance,
  });
  const mapping = mappingChange(
    input,
    chosen.map(({ uplink: { network, bridge } }) => ({ network, bridge })),
    desired.filter(({ table }) => table === 'Bridge'),
  );
  return {
    changes: [...planned.changes, ...mapping],
    findings: sortFindings([...findings, ...planned.findings]),
    uplinks: chosen.map(({ uplink }) => uplink),
    unknownNics,
  };
}

function vlanIdsOf(network: ProviderNetwork, vlans: readonly Vlan[]): readonly number[] {
  return vlans
    .filter(({ spec }) => spec.provider === network.metadata.name)
    .map(({ spec }) => spec.id ?? spec.vlanId ?? 0)
    .sort((left, right) => left - right);
}

function datapathTypeOf(observed: Snapshot, root: Row): string {
  const bridge = integrationBridge(observed);
  return bridge ? textOf(bridge, 'datapath_type') : (idOf(root, 'ovn-bridge-datapath-type') ?? '');
}
