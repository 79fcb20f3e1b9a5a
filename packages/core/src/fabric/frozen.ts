import { perObject } from '../memo/per-object.ts';
import { behindNewest } from './behind.ts';
import { type Fabric, isReportOf, type NodeHealth } from './fabric.ts';

/**
 * Chassis that go on with the flows of an earlier time, each with why, as a clause: an agent says that ovn-controller does not run while
 * the flows are there still, or others have carried out more of NB (ovn-sb(5), Chassis_Private nb_cfg). What was programmed before works
 * there; what came later does not, see `Lacking`.
 */
export const frozenChassis = perObject((fabric: Fabric): ReadonlyMap<string, string> => {
  const { chassis } = fabric;
  const reports = freshReports(fabric);
  const local = [...chassis.values()].filter(({ details }) => details?.isRemote !== true);
  const behind = fabric.behind ?? behindNewest(local.map(({ name, details }) => [name, details?.nbCfg]));
  const frozen = new Map<string, string>();
  for (const one of local) {
    const report = reports.find((each) => isReportOf(each, one));
    const done = behind.get(one.name);
    if (report && standsStill(report)) frozen.set(one.name, 'ovn-controller does not run there');
    else if (report?.controllerRuns === undefined && done !== undefined)
      frozen.set(one.name, `it has carried out nothing of NB since change ${done}`);
  }
  return frozen;
});

function freshReports({ health, dataPlane }: Fabric): readonly NodeHealth[] {
  return [...(health?.values() ?? dataPlane?.reports ?? [])].filter(({ isFresh }) => isFresh !== false);
}

/** Whether the agent of a chassis says something; false where there is none, or it has gone silent. */
export function saysOf(fabric: Fabric, chassis: string, what: (report: NodeHealth) => boolean): boolean {
  const own = fabric.chassis.get(chassis);
  return own !== undefined && freshReports(fabric).some((each) => isReportOf(each, own) && what(each));
}

/** Whether an agent says that ovn-controller does not run and its flows are there still. */
export function standsStill({ controllerRuns, flowsInstalled }: NodeHealth): boolean {
  return controllerRuns === false && flowsInstalled !== false;
}

/**
 * Whether something tells that a chassis that is behind is not dead: its agent, or for a gateway one of those that watch it and keep up, which SB
 * would have as the gateway by now.
 */
export function isVouchedFor(
  fabric: Fabric,
  chassis: string,
  watching: readonly string[],
  frozen: ReadonlyMap<string, string>,
): boolean {
  if (saysOf(fabric, chassis, standsStill)) return true;
  return watching.some((each) => each !== chassis && !frozen.has(each));
}

/**
 * Whether a chassis that stands still has every row of an object, as `formatRef` writes it. Undefined where that is not known: the rows do not
 * say when they changed, or nobody read them.
 */
export function hasRowsOf({ lacking }: Fabric, chassis: string, object: string): boolean | undefined {
  return lacking?.get(chassis)?.objects.get(object);
}
