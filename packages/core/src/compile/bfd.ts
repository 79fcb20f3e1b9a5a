import type { Uuid } from '@berth/ovsdb/value';
import type { BfdIntent, BfdSession, VpcIntent } from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { rowUuid } from './key.ts';
import type { DesiredRow } from './row.ts';
import { mapOf, rowOf } from './row-of.ts';

/** A BFD session of a router's external port (ovn-nb(5), BFD). Whether it is up is OVN's to say. */
export function compileBfd(session: BfdIntent, { name, ref }: VpcIntent, unit: string): DesiredRow {
  const { peer, minTxMs, minRxMs, detectMultiplier, origin } = session;
  return rowOf('BFD', {
    unit,
    cause: ref,
    origins: [origin],
    columns: {
      logical_port: routerPortName(name, session.subnet),
      dst_ip: peer,
      min_tx: minTxMs,
      min_rx: minRxMs,
      detect_mult: detectMultiplier,
      external_ids: mapOf({}),
    },
  });
}

/** The row of a session. */
export function bfdRowUuid(vpc: string, session: BfdSession): Uuid {
  return rowUuid('BFD', [routerPortName(vpc, session.subnet), session.peer]);
}
