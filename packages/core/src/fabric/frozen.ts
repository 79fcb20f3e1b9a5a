import { perObject } from '../memo/per-object.ts';
import { behindNewest } from './behind.ts';
import { type Chassis, type Fabric, isReportOf, type NodeHealth } from './fabric.ts';

/**
 * Chassis that go on with the flows of an earlier time, each with why, as a clause: an agent says that ovn-controller does not run while
 * the flows are there still, that it has hung for a while, or others have carried out more of NB (ovn-sb(5), Chassis_Private nb_cfg). What was
 * programmed before works there; what came later does not, see `Lacking`.
 */
export const frozenChassis = perObject((fabric: Fabric): ReadonlyMap<string, string> => {
  const local = localOf(fabric);
  const behind = behindIn(fabric);
  const frozen = new Map<string, string>();
  for (const one of local) {
    const report = heardFrom(fabric, one.name);
    const done = behind.get(one.name);
    if (report && standsStill(report)) frozen.set(one.name, ended);
    else if (done !== undefined && !(report && tellsItself(report))) {
      const why = report && hangs(report) ? `${hanging}, and ` : 'it ';
      frozen.set(one.name, `${why}has carried out nothing of NB since change ${done}`);
    } else if (report?.controllerHangs) frozen.set(one.name, hanging);
  }
  return frozen;
});

/** Chassis that have not carried out what another one has, with how far they got. */
export function behindIn(fabric: Fabric): ReadonlyMap<string, number> {
  return fabric.behind ?? behindNewest(localOf(fabric).map(({ name, details }) => [name, details?.nbCfg]));
}

/** How far a chassis got with NB; undefined where that is not known. */
export function doneBy({ behind, chassis }: Fabric, name: string): number | undefined {
  return behind?.get(name) ?? chassis.get(name)?.details?.nbCfg;
}

function localOf({ chassis }: Fabric): readonly Chassis[] {
  return [...chassis.values()].filter(({ details }) => details?.isRemote !== true);
}

/** The chassis that has a port, where it stands still, and why it does. */
export function frozenAt(
  fabric: Fabric,
  port: string,
): { readonly chassis: string; readonly why: string } | undefined {
  const chassis = fabric.claims.get(port);
  const why = chassis === undefined ? undefined : frozenChassis(fabric).get(chassis);
  return chassis === undefined || why === undefined ? undefined : { chassis, why };
}

const counting = perObject(({ health, dataPlane }: Fabric): readonly NodeHealth[] =>
  [...(health?.values() ?? dataPlane?.reports ?? [])].filter(
    (each) => each.isFresh !== false || saysItStandsStill(each),
  ),
);

/**
 * What the agent of a chassis says; undefined where there is none, or it has gone silent. That a chassis stands still counts for as long as its
 * report says so: whoever knows better of one that is silent leaves it out.
 */
export function heardFrom(fabric: Fabric, chassis: string): NodeHealth | undefined {
  const own = fabric.chassis.get(chassis);
  return own && counting(fabric).find((each) => isReportOf(each, own));
}

/** Whether the agent of a chassis says something, see `heardFrom`; false where there is none. */
export function saysOf(fabric: Fabric, chassis: string, what: (report: NodeHealth) => boolean): boolean {
  const own = fabric.chassis.get(chassis);
  return own !== undefined && counting(fabric).some((each) => isReportOf(each, own) && what(each));
}

const ended = 'ovn-controller does not run there';
const hanging = 'ovn-controller hangs there, or has lost SB';

/** What has a chassis go along again that stands still for this reason, as `frozenChassis` gives it; `there` is the place, as "on node a". */
export function wakingCure(why: string | undefined, there: string): string {
  return why === ended
    ? `start ovn-controller ${there}`
    : `see that ovn-controller runs ${there} and reaches SB, and start it anew where it hangs`;
}

/** Whether an agent says that ovn-controller does not run and its flows are there still. */
export function standsStill({ controllerRuns, flowsInstalled }: NodeHealth): boolean {
  return controllerRuns === false && flowsInstalled !== false;
}

/** Whether an agent says that ovn-controller runs and does not follow SB: it hangs, or is cut off. For a moment one that starts does so too. */
export function hangs({ controllerRuns, controllerConnected }: NodeHealth): boolean {
  return controllerRuns === true && controllerConnected === false;
}

/** Whether an agent says, or said last, that ovn-controller does not do its part while the flows may be there. */
export function saysItStandsStill(report: NodeHealth): boolean {
  return standsStill(report) || hangs(report);
}

/** Whether an agent's word tells of its chassis what being behind leaves open: ovn-controller is down, or follows SB and is merely slow. */
function tellsItself(report: NodeHealth): boolean {
  return report.controllerRuns !== undefined && !hangs(report);
}

/** Whether an agent says that ovn-controller follows SB, so that a chassis that is behind is only slow. */
export function saysItFollows({ controllerRuns, controllerConnected, isFresh }: NodeHealth): boolean {
  return isFresh !== false && controllerRuns === true && controllerConnected !== false;
}

/** Whether an agent tells of a chassis that does not follow NB that its flows are there still. */
export function keepsFlows(report: NodeHealth): boolean {
  return standsStill(report) || (hangs(report) && report.flowsInstalled !== false);
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
  if (saysOf(fabric, chassis, keepsFlows)) return true;
  return watching.some((each) => each !== chassis && !frozen.has(each));
}

/**
 * Whether a chassis that stands still has every row of an object, as `formatRef` writes it. Undefined where that is not known: the rows do not
 * say when they changed, or nobody read them.
 */
export function hasRowsOf({ lacking }: Fabric, chassis: string, object: string): boolean | undefined {
  return lacking?.get(chassis)?.objects.get(object);
}
