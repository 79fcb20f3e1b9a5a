import { isReportOf } from '../../fabric/fabric.ts';
import type { FindingCode } from '../../finding/catalogue.ts';
import { follows, type World } from './world.ts';

/** What keeps a chassis from the physical network; undefined when nothing does, or when no network has to be met. */
export function egressObstacle(
  world: World,
  chassis: string,
  network: string | undefined,
): FindingCode | undefined {
  if (network === undefined) return undefined;
  if (!isMapped(world, chassis, network)) return 'no-bridge-mapping';
  if (world.failed.networks.has(network)) return 'network-down';
  if (isListed(world.failed.uplinks, chassis, network)) return 'uplink-down';
  return reportedDown(world, chassis, network) ? 'uplink-down' : undefined;
}

/** Removing a mapping is ovn-controller's work: while it does not run or has no SB, the bridges stay joined. */
function isMapped(world: World, chassis: string, network: string): boolean {
  if (world.fabric.chassis.get(chassis)?.mappings.has(network) !== true) return false;
  for (let at: World | undefined = world; at !== undefined; at = at.previous) {
    if (isListed(at.failed.mappings, chassis, network) && follows(at, chassis)) return false;
  }
  return true;
}

function isListed(failed: ReadonlySet<string>, chassis: string, network: string): boolean {
  return failed.size > 0 && (failed.has(chassis) || failed.has(`${chassis}/${network}`));
}

function reportedDown({ plane, fabric }: World, chassis: string, network: string): boolean {
  const one = fabric.chassis.get(chassis);
  const report = one && plane.reports.find((each) => isReportOf(each, one));
  return report?.uplinks?.get(network) === false;
}
