import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Origin } from '../../finding/origin.ts';
import type { ExternalFlow } from '../flow.ts';
import type { ExplainedPlacement } from './explanation.ts';

/** What the owner of a NAT asked for, where that is known. */
export type WantedPlacement = {
  readonly wanted: 'distributed' | 'centralized' | 'gateway-local';
  /** What it is to be meanwhile, where that is something else: it cannot be as wanted, or not now. */
  readonly effective?: 'distributed' | 'centralized' | 'gateway-local';
  /** Where its NAT is to run now, which `gateway-local` leaves open. */
  readonly runsAt?: 'distributed' | 'centralized';
  readonly decidedBy: readonly Origin[];
};

/** Where OVN runs a flow's NAT, and the columns that make it so (ovn-nb(5), NAT logical_port and external_mac). */
export function placementOf(
  flow: ExternalFlow,
  nb: Snapshot<NbTables>,
  wanted: WantedPlacement | undefined,
): ExplainedPlacement {
  return {
    effective: flow.placement,
    wanted: wanted?.wanted,
    decidedBy: wanted?.decidedBy ?? [],
    because: reasonOf(flow, nb),
    columns: columnsOf(flow, nb),
  };
}

/** The NAT row of a flow, and the reference to it; undefined where it has none. */
export function natRow({ rows }: ExternalFlow, nb: Snapshot<NbTables>) {
  const ref = rows.find(({ db, table }) => db === 'NB' && table === 'NAT');
  const row = ref && nb.table('NAT').get(ref.uuid);
  return ref && row ? { ref, row } : undefined;
}

function columnsOf(flow: ExternalFlow, nb: Snapshot<NbTables>): ExplainedPlacement['columns'] {
  const nat = natRow(flow, nb);
  if (!nat) return [];
  const { ref, row } = nat;
  return [
    { row: ref, name: 'type', value: row.type },
    { row: ref, name: 'logical_port', value: row.logical_port ?? '' },
    { row: ref, name: 'external_mac', value: row.external_mac ?? '' },
  ];
}

function reasonOf(flow: ExternalFlow, nb: Snapshot<NbTables>): string {
  if (flow.gatewayPort === undefined)
    return `no gateway port of router ${flow.router} serves it, so OVN translates it nowhere`;
  const gateway = `on the active gateway of router port ${flow.gatewayPort}`;
  switch (flow.kind) {
    case 'source-nat':
      return `source NAT always runs ${gateway}`;
    case 'port-forward':
      return `forwarded ports always run ${gateway}`;
    case 'routed':
      return `no NAT concerns it, so it leaves ${gateway}`;
    case 'floating-ip':
      return floatingReason(flow, nb, gateway);
  }
}

function floatingReason(flow: ExternalFlow, nb: Snapshot<NbTables>, gateway: string): string {
  const { logical_port: port = '', external_mac: mac = '' } = natRow(flow, nb)?.row ?? {};
  if (flow.placement === 'distributed') {
    return (
      `its NAT row has logical_port=${port} and external_mac=${mac}: with both, OVN runs it on the ` +
      'chassis that has the port, and no gateway is in its path'
    );
  }
  if (port !== '' && mac !== '')
    return `OVN runs it ${gateway}, though its NAT row has logical_port and external_mac`;
  const missing = [port === '' && 'logical_port', mac === '' && 'external_mac']
    .filter(Boolean)
    .join(' and no ');
  return `its NAT row has no ${missing}: without both, OVN runs it ${gateway}`;
}
