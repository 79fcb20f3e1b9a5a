import { parseMac } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Fabric } from './fabric.ts';

/** The hardware addresses of a port, as NB has them. */
export function macsOf(fabric: Fabric, port: string): readonly string[] {
  const words = [...(rowNamed(fabric, port)?.addresses ?? [])].flatMap((text) => text.split(' '));
  return words.flatMap((word) => parseMac(word) ?? []);
}

/** The chassis that a port is to be on (ovn-nb(5), Logical_Switch_Port options:requested-chassis). */
export function requestedChassis(fabric: Fabric, port: string): string | undefined {
  return rowNamed(fabric, port)?.options.get('requested-chassis');
}

function rowNamed({ northbound }: Fabric, name: string): NbTables['Logical_Switch_Port'] | undefined {
  return northbound?.table('Logical_Switch_Port').find({ name })[0];
}
