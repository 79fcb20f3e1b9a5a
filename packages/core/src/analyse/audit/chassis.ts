import { behindNewest } from '../../fabric/behind.ts';
import { lingeringByNode, lingeringFindings } from '../../fabric/lingering-finding.ts';
import { nodeName } from '../../fabric/node-name.ts';
import { firstRow } from '../../fabric/tables.ts';
import type { Finding } from '../../finding/finding.ts';
import { isPart } from '../../finding/is-part.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import { staleChassis } from '../stale-chassis.ts';
import { type AuditedNetwork, portRef, portRows } from './network.ts';

/** How many numbers of nb_cfg all chassis may be behind NB: one is on its way. */
const onItsWay = 1;

/** Chassis that do not keep up with NB (ovn-sb(5), Chassis_Private nb_cfg). A chassis that never reported is behind as well. */
export function auditChassis({ nb, fabric }: AuditedNetwork): readonly Finding[] {
  const wanted = firstRow(nb, 'NB_Global')?.nb_cfg ?? 0;
  const local = [...fabric.chassis.values()].filter(({ details }) => details?.isRemote === false);
  const behind = behindNewest(local.map(({ name, details }) => [name, details?.nbCfg ?? 0]));
  return local.flatMap(({ name, details }) => {
    const done = details?.nbCfg ?? 0;
    if (!behind.has(name) && wanted - done <= onItsWay) return [];
    const what = `has carried out change ${done} of ${wanted}: it is dead, cut off from SB, or very slow`;
    return [staleChassis(fabric, name, what)];
  });
}

/** Addresses that live on at chassis that stand still, those that are one node's together. */
export function auditLingering({ fabric }: AuditedNetwork): readonly Finding[] {
  const together = lingeringByNode(fabric);
  return [
    ...together,
    ...lingeringFindings(fabric).filter((each) => !together.some((whole) => isPart(each, whole))),
  ];
}

/** Gateways that would win the election and have no bridge to the network (ovn-controller(8), ovn-bridge-mappings). */
export function auditMappings(network: AuditedNetwork): readonly Finding[] {
  const { dataPlane, fabric, north } = network;
  return [...dataPlane.groups].flatMap(([port, { members }]) => {
    const on = north.switchOf.get(port);
    const physical = on === undefined ? undefined : dataPlane.externals.get(on)?.network;
    if (physical === undefined) return [];
    return members
      .filter(({ chassis }) => fabric.chassis.get(chassis)?.mappings.has(physical) === false)
      .map(({ chassis }) =>
        finding('no-bridge-mapping', {
          object: portRef(port),
          message: `${nodeName(fabric, chassis)} is a gateway of router port ${port} and has no bridge for ${physical}: as the active one it forwards nothing`,
          cure: `give the node a bridge mapping for ${physical}, or take it out of the gateways`,
          rows: portRows([port], network),
        }),
      );
  });
}

/** Gateways of one port that tunnel in different ways: OVN makes no flow to them at all. */
export function auditEncapsulation(network: AuditedNetwork): readonly Finding[] {
  const { dataPlane, fabric } = network;
  return [...dataPlane.groups].flatMap(([port, { members }]) => {
    const types = members.flatMap(
      ({ chassis }) => fabric.chassis.get(chassis)?.details?.encapsulations[0]?.type ?? [],
    );
    const distinct = [...new Set(types)].sort();
    if (distinct.length < 2) return [];
    return [
      finding('encapsulation-mixed', {
        object: portRef(port),
        message: `the gateways of router port ${port} tunnel by ${list(distinct)}: other nodes send them nothing`,
        cure: 'give all gateways of the port one encapsulation (ovn-encap-type)',
        rows: portRows([port], network),
      }),
    ];
  });
}
