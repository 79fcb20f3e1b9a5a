import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Fabric } from '../../fabric/fabric.ts';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { ExternalFlow } from '../flow.ts';
import { objectOf } from '../flows/marks.ts';
import { ownMacOf } from '../flows/nat-rule.ts';
import { northOf } from '../flows/north.ts';
import { routerView } from '../flows/router-view.ts';
import { cureText } from './acl-cure.ts';
import { filtersOf } from './filters-of.ts';
import { type Talk, talkText } from './talk.ts';

/** What ports and ACLs do to one conversation of a flow: an error where they stop it, a warning for each ACL that may. Nothing of hairpin. */
export function droppedTalk(
  { nb, fabric }: { readonly nb: Snapshot<NbTables>; readonly fabric: Fabric },
  flow: ExternalFlow,
  talk: Talk,
): readonly Finding[] {
  const { direction, externalIp, logicalIp, logicalPort, gatewayPort, placement } = flow;
  const north = northOf(nb, fabric);
  const row = north.routers.find(({ name }) => name === flow.router);
  if (row === undefined || direction === 'hairpin') return [];
  const router = routerView(north, row);
  const port = router.gatewayPorts.find(({ name }) => name === gatewayPort);
  const nat = north.nat(flow.rows.find(({ table }) => table === 'NAT')?.uuid);
  const ends = {
    ...{ gatewayPort: port, logicalPort, logicalIp, externalIp: externalIp ?? logicalIp },
    externalMac: nat && ownMacOf({ row: nat, placement }),
  };
  const { obstacle, drops } = filtersOf({ north, router }, { ...ends, talk })[direction];
  const object = objectOf(flow);
  const peer = talk.peer === undefined ? '' : `${direction === 'inbound' ? ' from' : ' to'} ${talk.peer}`;
  const what = `${direction === 'inbound' ? 'to' : 'from'} ${externalIp ?? logicalIp}${peer}, ${talkText(talk)}`;
  if (obstacle !== undefined)
    return [
      finding(obstacle.reason, {
        severity: 'error',
        object,
        message: `what was sent ${what}, is dropped: ${obstacle.why}`,
        cure: obstacle.cure ?? 'correct that in NB',
        rows: obstacle.rows,
      }),
    ];
  return drops.map((drop) =>
    finding('acl-drops-part', {
      object,
      message: `what was sent ${what}, may be dropped: ${drop.by} ${drop.what}`,
      cure: cureText([drop.cure]),
      rows: drop.rows,
    }),
  );
}
