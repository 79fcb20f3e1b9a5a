import { fnv1a64 } from '@berth/net';
import type { Operation, Row, Snapshot } from '@berth/ovsdb/value';
import { idOf, integrationBridge, referencesOf, textOf } from '../ovs/row.ts';

/** Key in `external_ids` of an Interface that is there to be seen by gateways: the instance that made it. */
const witnessKey = 'berth.dev/witness';

/** The name of the interface of a witness port: `bwt` and 12 hexadecimal digits that only depend on the port. */
function witnessInterface(port: string): string {
  return `bwt${BigInt.asUintN(48, fnv1a64(port)).toString(16).padStart(12, '0')}`;
}

/**
 * The operations that make the witness ports of an instance be these: internal ports of the integration bridge with an
 * `iface-id` and nothing else. OVS leaves the interface of a new one down, and so must it stay: up, it would put the
 * node's kernel on the external network.
 */
export function witnessOperations(
  snapshot: Snapshot,
  instance: string,
  ports: readonly string[],
): readonly Operation[] {
  const bridge = integrationBridge(snapshot);
  if (!bridge) return [];
  const present = new Map(witnessRows(snapshot, instance).map((row) => [idOf(row, 'iface-id') ?? '', row]));
  const leftover = [...present].filter(([port]) => !ports.includes(port)).map(([, row]) => row._uuid);
  const removed = referencesOf(bridge, 'ports').filter((uuid) => {
    const port = snapshot.table('Port').get(uuid);
    return port !== undefined && referencesOf(port, 'interfaces').some((each) => leftover.includes(each));
  });
  const where = [['_uuid', '==', bridge._uuid]] as const;
  return [
    ...(removed.length === 0
      ? []
      : [
          {
            op: 'mutate',
            table: 'Bridge',
            where,
            mutations: [['ports', 'delete', new Set(removed)]],
          } satisfies Operation,
        ]),
    ...ports
      .filter((port) => !present.has(port))
      .flatMap((port, place) => added(port, place, instance, where)),
  ];
}

/** Interfaces of witnesses that are up though they must not be. */
export function exposedWitnesses(snapshot: Snapshot, instance: string): readonly string[] {
  return witnessRows(snapshot, instance)
    .filter((row) => row['admin_state'] === 'up')
    .map((row) => textOf(row, 'name'));
}

function witnessRows(snapshot: Snapshot, instance: string): readonly Row[] {
  return [...snapshot.table('Interface')].filter((row) => idOf(row, witnessKey) === instance);
}

function added(
  port: string,
  place: number,
  instance: string,
  where: readonly (readonly ['_uuid', '==', string])[],
): readonly Operation[] {
  const name = witnessInterface(port);
  const [portName, interfaceName] = [`port${place}`, `interface${place}`];
  const ids = new Map([
    ['iface-id', port],
    [witnessKey, instance],
  ]);
  return [
    {
      op: 'insert',
      table: 'Interface',
      uuidName: interfaceName,
      row: { name, type: 'internal', external_ids: ids },
    },
    { op: 'insert', table: 'Port', uuidName: portName, row: { name, interfaces: new Set([interfaceName]) } },
    { op: 'mutate', table: 'Bridge', where, mutations: [['ports', 'insert', new Set([portName])]] },
  ];
}
