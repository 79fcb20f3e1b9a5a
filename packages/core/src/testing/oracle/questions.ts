import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import type { ExternalFlow } from '../../analyse/flow.ts';
import { readNetwork } from './network.ts';
import type { OracleQuestion } from './oracle.ts';

/** A question and the same as a flow, both read off the NAT rows in the simplest way. */
export type Asked = { readonly question: OracleQuestion; readonly flow: ExternalFlow };

/** Inbound, outbound and own hairpin of every NAT row as far as its type has them. */
export function askedOf(nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): readonly Asked[] {
  return readNetwork(nb, sb).nats.flatMap((nat) => {
    const ask = (direction: ExternalFlow['direction'], source?: ExternalFlow): Asked => ({
      question: { nat: nat.uuid, direction },
      flow: {
        target: `nat/${nat.uuid}`,
        direction,
        kind: nat.type === 'snat' ? 'source-nat' : nat.type === 'dnat' ? 'port-forward' : 'floating-ip',
        router: '',
        externalIp: nat.externalIp,
        externalPort: undefined,
        logicalIp: nat.logicalIp,
        logicalPort: nat.logicalPort,
        placement: nat.distributed ? 'distributed' : 'centralized',
        gatewayPort: nat.gatewayPort,
        network: nat.network,
        ...(source === undefined ? {} : { source }),
        obstacle: nat.astray
          ? { reason: 'target-mismatch', why: 'its address is elsewhere', rows: [] }
          : undefined,
        conditions: [],
        assumptions: [],
        rows: [{ db: 'NB', table: 'NAT', uuid: nat.uuid as Uuid, name: nat.externalIp }],
        origins: [],
      },
    });
    if (nat.type === 'dnat') return [ask('inbound')];
    const outbound = ask('outbound');
    if (nat.type === 'snat') return [outbound];
    return [ask('inbound'), outbound, ask('hairpin', outbound.flow)];
  });
}
