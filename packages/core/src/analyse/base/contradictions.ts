import { behindNewest, newestOf } from '../../fabric/behind.ts';
import type { Fabric, GatewayGroup } from '../../fabric/fabric.ts';
import { nodeName } from '../../fabric/node-name.ts';
import type { Finding, ObjectRef } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding, sortFindings } from '../../finding/make.ts';
import type { RowId } from '../../finding/row-id.ts';
import { staleChassis } from '../stale-chassis.ts';
import { actingGateways } from '../world/election.ts';
import { baseWorld, presentMembers, type World } from '../world/world.ts';

/**
 * Where SB contradicts what the analysis takes for granted, that everything in SB is alive: a gateway that nobody claims
 * or another than the elected one, and a chassis that does not keep up. Verdicts do not follow SB there; they may be wrong.
 */
export function contradictions(fabric: Fabric): readonly Finding[] {
  if (fabric.dataPlane === undefined) return [];
  const base = baseWorld(fabric);
  const claims = [...fabric.dataPlane.groups].flatMap(
    ([port, group]) => claimFinding(base, port, group) ?? [],
  );
  return sortFindings([...claims, ...laggards(base)]);
}

function claimFinding(world: World, port: string, group: GatewayGroup): Finding | undefined {
  const claim = world.fabric.claims.get(`cr-${port}`) ?? world.fabric.claims.get(port);
  const [elected] = actingGateways(world, group);
  if (elected === undefined || claim === elected || (claim === undefined && group.isOff)) return undefined;
  const object: ObjectRef = { kind: 'Logical_Router_Port', name: port };
  const rows: readonly RowId[] = group.row ? [{ db: 'SB', table: 'HA_Chassis_Group', uuid: group.row }] : [];
  const wanted = nodeName(world.fabric, elected);
  if (claim === undefined) {
    const members = presentMembers(world, group).map(({ chassis }) => nodeName(world.fabric, chassis));
    return finding('gateway-unclaimed', {
      object,
      message: `nobody claims the gateway of router port ${port} in SB, though ${wanted} should act with all of ${members.join(', ')} alive`,
      cure: `see that ovs-vswitchd and ovn-controller run on ${list(members)} and reach SB, and that tunnels between them and to other nodes let packets through (ovs-appctl bfd/show): a gateway that sees no other node stays passive, whatever witnesses there are`,
      rows,
    });
  }
  return finding('gateway-moved', {
    object,
    message: `${nodeName(world.fabric, claim)} claims the gateway of router port ${port}, though ${wanted} comes first: it is dead, cut off, or SB is old`,
    cure: `see that ${wanted} is up, and that ovs-vswitchd, ovn-controller and its tunnels work`,
    rows,
  });
}

function laggards({ fabric }: World): readonly Finding[] {
  const all = [...fabric.chassis.values()].filter(({ details }) => details?.isRemote === false);
  const done = all.map(({ name, details }) => [name, details?.nbCfg] as const);
  const newest = newestOf(done);
  return [...behindNewest(done)].map(([name, own]) =>
    staleChassis(fabric, name, `is taken as alive but has carried out change ${own} of ${newest} only`),
  );
}
