import { keptKey } from '@berth/api';
import { formatInterfaceAddress, macFromSeed } from '@berth/net';
import { origin } from '../finding/origin.ts';
import type { OverlaySubnetIntent, VpcIntent, WorkloadPortIntent } from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import type { DesiredRow } from './row.ts';
import { enabled, mapOf, rowOf, setOf } from './row-of.ts';

/** A subnet of a VPC: its switch, the pair of ports that join it to the router, and a port for each workload. */
export function compileSubnet(
  subnet: OverlaySubnetIntent,
  { name: vpc }: VpcIntent,
  router: DesiredRow,
  unit: string,
): readonly DesiredRow[] {
  const { name, ref, networks } = subnet;
  const logicalSwitch = rowOf('Logical_Switch', {
    unit,
    cause: ref,
    columns: { name, external_ids: mapOf({}) },
  });
  const routerPort = rowOf('Logical_Router_Port', {
    unit,
    cause: ref,
    parent: router,
    columns: {
      ...enabled,
      name: routerPortName(vpc, name),
      mac: subnet.routerMac ?? macFromSeed(`router-port/${vpc}-${name}`),
      networks: setOf(...networks.map(({ cidr, gateway: ip }) => formatInterfaceAddress({ ip, cidr }))),
      external_ids: mapOf({ lr: vpc, [keptKey]: subnet.keep }),
    },
    columnOrigins: { networks: [origin(ref, 'spec.cidrBlock'), origin(ref, 'spec.gateway')] },
  });
  const switchPort = rowOf('Logical_Switch_Port', {
    unit,
    cause: ref,
    parent: logicalSwitch,
    columns: {
      ...enabled,
      name: `${name}-${vpc}`,
      type: 'router',
      addresses: setOf('router'),
      options: mapOf({ 'router-port': routerPortName(vpc, name) }),
      external_ids: mapOf({ ls: name }),
    },
  });
  return [
    logicalSwitch,
    routerPort,
    switchPort,
    ...subnet.ports.map((port) => compilePort(port, logicalSwitch, name, unit)),
  ];
}

/** A workload's port. `requested-chassis` keeps a second node that has the same port from answering for it. */
function compilePort(
  { name, ref, mac, addresses, chassis, isRestricted }: WorkloadPortIntent,
  parent: DesiredRow,
  subnet: string,
  unit: string,
): DesiredRow {
  const own = setOf([mac, ...addresses].join(' '));
  return rowOf('Logical_Switch_Port', {
    unit,
    cause: ref,
    parent,
    columns: {
      ...enabled,
      name,
      type: '',
      addresses: own,
      port_security: isRestricted ? own : setOf(),
      options: mapOf({ 'requested-chassis': chassis }),
      external_ids: mapOf({ ls: subnet }),
    },
    columnOrigins: {
      addresses: [origin(ref, 'spec.ipAddress'), origin(ref, 'spec.macAddress')],
      options: [origin(ref, 'spec.nodeName')],
    },
  });
}
