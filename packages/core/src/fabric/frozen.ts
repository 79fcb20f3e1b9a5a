import { type Fabric, isReportOf } from './fabric.ts';

/** How many numbers of nb_cfg a chassis may be behind the others: one is on its way. */
export const allowedLag = 1;

/**
 * Chassis that go on with the flows of an earlier time, each with why, as a clause: an agent says that ovn-controller does not run while
 * the flows are there still, or others have carried out more of NB (ovn-sb(5), Chassis_Private nb_cfg). What was programmed before works
 * there; of what came later nobody there knows.
 */
export function frozenChassis({ chassis, health, dataPlane }: Fabric): ReadonlyMap<string, string> {
  const reports = [...(health?.values() ?? dataPlane?.reports ?? [])].filter(
    ({ isFresh }) => isFresh !== false,
  );
  const local = [...chassis.values()].filter(({ details }) => details?.isRemote !== true);
  const newest = Math.max(0, ...local.map(({ details }) => details?.nbCfg ?? 0));
  const frozen = new Map<string, string>();
  for (const one of local) {
    const report = reports.find((each) => isReportOf(each, one));
    const done = one.details?.nbCfg ?? newest;
    if (report?.controllerRuns === false) {
      if (report.flowsInstalled !== false) frozen.set(one.name, 'ovn-controller does not run there');
    } else if (report?.controllerRuns === undefined && newest - done > allowedLag) {
      frozen.set(one.name, `it has carried out change ${done} of ${newest} only`);
    }
  }
  return frozen;
}
