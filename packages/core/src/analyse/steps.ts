import { nodeName } from '../fabric/node-name.ts';
import type { ExternalFlow, RowRef } from './flow.ts';
import { isPath, type Path } from './outcome/path.ts';
import { lostText } from './sentence.ts';
import type { Route } from './state-of.ts';
import type { FlowState, Step } from './verdict.ts';
import { chosenGateway } from './world/sender.ts';
import type { World } from './world/world.ts';

/**
 * What happens to a packet of a flow, chassis by chassis, with the rows that make it happen; of a flow that is lost, as far
 * as it comes and what stops it there.
 */
export function stepsOf(world: World, route: Route, state: FlowState): readonly Step[] {
  const { flow, to, from } = route;
  if (state.missing.length > 0) return [];
  if (!isPath(to)) return [stop(world, route, state)];
  const end = state.outcome === 'lost' ? [stop(world, route, state)] : [];
  if (flow.direction === 'outbound') return [...leaving(world, flow, to, state.berth), ...end];
  const source = flow.source;
  const before =
    source === undefined || from === undefined || !isPath(from)
      ? []
      : leaving(world, source, from, leavesBy(world, from));
  if (state.conflict.length > 0) {
    return [...before, ...state.conflict.map((at) => answering(flow, to, at)), ...end];
  }
  if (state.berth === undefined) return [...before, ...end];
  return [...before, ...arriving(world, flow, to, state.berth, state.outcome === 'delivered'), ...end];
}

function leavesBy(world: World, { placement, chassis, group, formerOrder }: Path): string | undefined {
  if (placement === 'distributed' || group === undefined) return chassis;
  return chosenGateway(world, chassis, group, formerOrder);
}

function leaving(world: World, flow: ExternalFlow, path: Path, berth: string | undefined): readonly Step[] {
  if (berth === undefined) return [];
  const crosses =
    berth === path.chassis
      ? []
      : [
          step(
            path.chassis,
            `sends it through the tunnel to ${nodeName(world.fabric, berth)}`,
            groupRows(path),
          ),
        ];
  const translates =
    flow.externalIp === undefined
      ? 'routes it without translation'
      : `translates its source ${flow.logicalIp} to ${flow.externalIp}`;
  return [
    ...crosses,
    { ...step(berth, translates, flow.rows), origins: flow.origins },
    step(berth, `puts it on ${flow.network ?? 'the wire'}`, []),
  ];
}

function arriving(
  world: World,
  flow: ExternalFlow,
  path: Path,
  berth: string,
  arrives: boolean,
): readonly Step[] {
  const { logicalIp, externalIp, logicalPort } = flow;
  const binding = bindingRows(world, path.port);
  const answers = answering(flow, path, berth);
  if (!arrives) return [answers];
  const translates =
    externalIp === undefined
      ? 'routes it without translation'
      : `translates its destination ${externalIp} to ${logicalIp}`;
  const crosses =
    berth === path.chassis
      ? []
      : [step(berth, `sends it through the tunnel to ${nodeName(world.fabric, path.chassis)}`, binding)];
  const hands = `hands it to ${logicalIp}${logicalPort === undefined ? '' : ` (${logicalPort})`}`;
  return [
    answers,
    { ...step(berth, translates, flow.rows), origins: flow.origins },
    ...crosses,
    step(path.chassis, hands, binding),
  ];
}

function answering(flow: ExternalFlow, path: Path, at: string): Step {
  const protocol = path.family === 4 ? 'ARP' : 'neighbour discovery';
  const rows = path.placement === 'distributed' ? [] : groupRows(path);
  const does = `answers ${protocol} for ${flow.externalIp ?? flow.logicalIp}`;
  return { ...step(at, does, [...flow.rows, ...rows]), origins: flow.origins };
}

function stop(world: World, route: Route, state: FlowState): Step {
  const { obstacle = route.flow.source?.obstacle, rows } = route.flow;
  return step(state.berth, `ends here: ${lostText(world, route, state)}`, obstacle?.rows ?? rows);
}

function step(at: string | undefined, does: string, rows: readonly RowRef[]): Step {
  return { at, does, rows, origins: [] };
}

function bindingRows({ plane }: World, port: string): readonly RowRef[] {
  const binding = plane.bindings.get(port);
  return binding === undefined ? [] : [{ db: 'SB', table: 'Port_Binding', uuid: binding.row, name: port }];
}

function groupRows({ group }: Path): readonly RowRef[] {
  if (group?.row === undefined) return [];
  return [{ db: 'SB', table: 'HA_Chassis_Group', uuid: group.row, name: group.name }];
}
