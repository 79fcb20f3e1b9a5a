import { keptKey } from '@berth/api';
import { formatInterfaceAddress } from '@berth/net';
import { keeperChassis } from '../fabric/keeper.ts';
import { origin } from '../finding/origin.ts';
import type { AttachmentIntent, VpcIntent } from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { sharedUnit } from './external.ts';
import type { DesiredRow } from './row.ts';
import { enabled, mapOf, rowOf, setOf } from './row-of.ts';

/** Priority of the most preferred gateway; each further one has one less. A group that is kept has its own. */
const firstPriority = 100;

/**
 * A VPC's port on an external subnet with its gateway group (ovn-nb(5), Gateway_Chassis). The group always has one
 * more member, the keeper, that names no real chassis: with it BFD runs before a second gateway comes, and distributed
 * floating IPs outlive the last one. Only a group that was found with a single member and is kept goes without.
 */
export function compileAttachment(
  attachment: AttachmentIntent,
  vpc: VpcIntent,
  router: DesiredRow,
  externalSwitch: DesiredRow,
  unit: string,
): readonly DesiredRow[] {
  const routerPort = routerPortOf(attachment, vpc, router, unit);
  return [
    routerPort,
    switchPortOf(attachment, vpc, externalSwitch),
    ...gatewayGroupOf(attachment, vpc, routerPort, unit),
  ];
}

function routerPortOf(
  attachment: AttachmentIntent,
  vpc: VpcIntent,
  router: DesiredRow,
  unit: string,
): DesiredRow {
  const { eip, mac, addresses, mtu } = attachment;
  return rowOf('Logical_Router_Port', {
    unit,
    cause: vpc.ref,
    parent: router,
    origins: [attachment.origin],
    columns: {
      ...enabled,
      // Where one is named OVN goes by it and by no Gateway_Chassis (ovn-nb(5)).
      ha_chassis_group: undefined,
      name: routerPortName(vpc.name, attachment.subnet),
      mac,
      networks: setOf(...addresses.map(formatInterfaceAddress)),
      options: mapOf({ gateway_mtu: mtu === undefined ? undefined : String(mtu.bytes) }),
      external_ids: mapOf({ lr: vpc.name, [keptKey]: attachment.keep }),
    },
    columnOrigins: {
      mac: [origin(eip, 'spec.macAddress')],
      networks: [origin(eip, 'spec.v4Ip'), origin(eip, 'spec.v6Ip')],
      options: mtu === undefined ? [] : [mtu.origin],
    },
  });
}

/** The other end. `nat-addresses` makes OVN announce the router's NAT addresses when they come to a chassis (ovn-nb(5)). */
function switchPortOf(attachment: AttachmentIntent, vpc: VpcIntent, externalSwitch: DesiredRow): DesiredRow {
  const { subnet } = attachment;
  return rowOf('Logical_Switch_Port', {
    unit: sharedUnit,
    cause: vpc.ref,
    parent: externalSwitch,
    origins: [attachment.origin],
    columns: {
      ...enabled,
      name: `${subnet}-${vpc.name}`,
      type: 'router',
      addresses: setOf('router'),
      options: mapOf({
        'router-port': routerPortName(vpc.name, attachment.subnet),
        'nat-addresses': 'router',
      }),
      external_ids: mapOf({ ls: subnet }),
    },
  });
}

function gatewayGroupOf(
  attachment: AttachmentIntent,
  vpc: VpcIntent,
  routerPort: DesiredRow,
  unit: string,
): readonly DesiredRow[] {
  const name = routerPortName(vpc.name, attachment.subnet);
  const members = [
    ...attachment.gateways.map((gateway, index) => ({ priority: firstPriority - index, ...gateway })),
    ...(attachment.isAlone ? [] : [keeper(attachment)]),
  ];
  return members.map(({ chassis, priority, origin: from }) =>
    rowOf('Gateway_Chassis', {
      unit,
      cause: vpc.ref,
      parent: routerPort,
      origins: [from],
      columns: {
        name: `${name}-${chassis}`,
        chassis_name: chassis,
        priority,
        external_ids: mapOf({ lrp: name }),
      },
    }),
  );
}

function keeper({ origin: from }: AttachmentIntent): {
  chassis: string;
  priority: number;
  origin: AttachmentIntent['origin'];
} {
  return { chassis: keeperChassis, priority: 0, origin: from };
}
