import type { ExternalFlow, RowRef } from './flow.ts';
import { isPath, pathOf } from './outcome/path.ts';
import { nodeName } from './sentence.ts';
import type { FlowState, Step } from './verdict.ts';
import type { World } from './world/world.ts';

/** What happens to a packet of a flow that is delivered, chassis by chassis; for one that is not, as far as it comes. */
export function stepsOf(world: World, flow: ExternalFlow, state: FlowState): readonly Step[] {
  const path = pathOf(baseOf(world), flow);
  if (!isPath(path) || state.outcome === 'unknown') return [];
  const nat = { rows: flow.rows, origins: flow.origins };
  const workload = { at: path.chassis, rows: bindingRow(world, path.port), origins: [] };
  const gateway = state.berth ?? undefined;
  const arrives = `hands it to ${flow.logicalIp}${flow.logicalPort === undefined ? '' : ` (${flow.logicalPort})`}`;
  if (gateway === undefined) return [{ at: undefined, does: stopText(flow), ...nat }];
  const translates = natText(flow);
  if (flow.direction === 'outbound') {
    const sends =
      gateway === path.chassis
        ? []
        : [{ ...workload, does: `sends it through the tunnel to ${nodeName(world, gateway)}` }];
    return [
      ...sends,
      { at: gateway, does: translates, ...nat },
      { at: gateway, does: `puts it on ${flow.network ?? 'the wire'}`, rows: [], origins: [] },
    ];
  }
  const answers = { at: gateway, does: `answers ARP or ND for ${flow.externalIp ?? flow.logicalIp}`, ...nat };
  const crosses =
    gateway === path.chassis
      ? []
      : [
          {
            at: gateway,
            does: `sends it through the tunnel to ${nodeName(world, path.chassis)}`,
            rows: [],
            origins: [],
          },
        ];
  const there = state.outcome === 'delivered' ? [{ ...workload, does: arrives }] : [];
  return [answers, { at: gateway, does: translates, ...nat }, ...crosses, ...there];
}

function baseOf(world: World): World {
  let at = world;
  while (at.previous !== undefined) at = at.previous;
  return at;
}

function natText({ direction, externalIp, logicalIp }: ExternalFlow): string {
  if (externalIp === undefined) return 'routes it without translation';
  return direction === 'outbound'
    ? `translates its source ${logicalIp} to ${externalIp}`
    : `translates its destination ${externalIp} to ${logicalIp}`;
}

function stopText({ direction, externalIp }: ExternalFlow): string {
  return direction === 'outbound'
    ? 'the packet finds no way out'
    : `nobody answers for ${externalIp ?? 'the address'}`;
}

function bindingRow({ plane }: World, port: string): readonly RowRef[] {
  const binding = plane.bindings.get(port);
  return binding === undefined ? [] : [{ db: 'SB', table: 'Port_Binding', uuid: binding.row, name: port }];
}
