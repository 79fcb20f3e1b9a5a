import { perObject, remembered } from '../memo/per-object.ts';
import { type Fabric, isReportOf, type NodeHealth } from './fabric.ts';
import { doneBy } from './frozen.ts';
import { isOutOfSight } from './strangers.ts';
import { isSeen, isUnseen } from './unseen.ts';

/** What reports say about chassis, each by its SB name. What nobody reports is taken as well. */
export type Liveness = {
  /** Whether an agent was ever heard of for a chassis. */
  isReported(chassis: string): boolean;
  /** Whether an agent speaks for it and was not heard of late: its last word may be from before the node was down. */
  isSilent(chassis: string): boolean;
  /** Whether it is confirmed dead. */
  isDead(chassis: string): boolean;
  /** Whether its agent is silent and no tunnel sees it: as good as dead. Not one that comes back, as its tunnels are new. */
  isLostSight(chassis: string): boolean;
  /** Whether it can serve an external network: false only where that is confirmed, or was the last word, never because nobody says. */
  isAlive(chassis: string, network: string): boolean;
  /**
   * Whether it was last said to have lost the network, while others have not. A chassis that an agent speaks for and that has no
   * bridge for the network has lost it too.
   */
  isCutOff(chassis: string, network: string): boolean;
  /**
   * Whether every node that has a bridge for the network, and is known to be alive, has lost it: then the network is broken and no node is. One whose
   * report is late while a tunnel sees it counts by its last word: it is no proof that nobody reaches the outside.
   */
  isNetworkDown(network: string): boolean;
  /** Whether it was last said to have no flows. */
  lacksFlows(chassis: string): boolean;
  /** Whether an agent was ever heard of that says which tunnels BFD sees up. */
  tellsOfTunnels(chassis: string): boolean;
  /** Whether it was last said to have no flows while its ovn-controller runs, which will install them. */
  isStarting(chassis: string): boolean;
  /** Whether its agent is heard and says that ovn-controller does not run: it keeps the chassis from answering where another serves. */
  canBeFenced(chassis: string): boolean;
  /**
   * Whether nine in ten of the chassis that tell of BFD to it say that it is up: one broken tunnel of many holds nothing up. A chassis without
   * flows sends to nobody, and is not asked.
   */
  isSeenByMost(chassis: string): boolean;
  /** The kubelet's word; undefined where nobody has it. */
  isReady(chassis: string): boolean | undefined;
  /** Whether a chassis sends to another, as it tells itself: BFD comes up at one end first. Undefined where it does not tell of tunnels. */
  sendsTo(one: string, other: string): boolean | undefined;
  /** Whether BFD between two chassis is up, as either tells; undefined where neither tells of tunnels. */
  seeEachOther(one: string, other: string): boolean | undefined;
};

/** Reads the reports of a fabric. */
export const livenessOf = perObject((fabric: Fabric): Liveness => {
  const reports = reportsByChassis(fabric);
  const fresh = new Map([...reports].filter(([, { isFresh }]) => isFresh !== false));
  // Where nobody is heard of, what was said last stands.
  const known = [...reports].filter(
    ([name]) => fresh.size === 0 || fresh.has(name) || isSeen(name, fresh.values()),
  );
  const downNetworks = networksDown(fabric, new Map(known));
  const isDead = (chassis: string): boolean => fabric.deadChassis?.has(chassis) === true;
  const isSilent = (chassis: string): boolean => reports.get(chassis)?.isFresh === false;
  // It is asked for each address that a chassis should answer for.
  const isNotSeen = remembered(new Map(), (chassis: string): boolean => {
    const { northbound: nb } = fabric;
    if (nb === undefined) return isUnseen(chassis, fresh.values());
    const done = doneBy(fabric, chassis);
    return isOutOfSight(nb, { name: chassis, report: reports.get(chassis), done }, fresh.values());
  });
  const isCutOff = (chassis: string, network: string): boolean => {
    const report = reports.get(chassis);
    if (!report || downNetworks.has(network)) return false;
    return (
      report.uplinks?.get(network) === false || fabric.chassis.get(chassis)?.mappings.has(network) === false
    );
  };
  return {
    isReported: (chassis) => reports.has(chassis),
    isSilent,
    isDead,
    isLostSight(chassis) {
      const isReturned = fabric.returned?.has(chassis) === true;
      return isSilent(chassis) && !isReturned && isNotSeen(chassis);
    },
    isAlive(chassis, network) {
      if (isDead(chassis)) return false;
      if (reports.get(chassis)?.flowsInstalled === false || isCutOff(chassis, network)) return false;
      return fresh.has(chassis) || !isNotSeen(chassis);
    },
    isCutOff,
    isNetworkDown: (network) => downNetworks.has(network),
    lacksFlows: (chassis) => reports.get(chassis)?.flowsInstalled === false,
    tellsOfTunnels: (chassis) => reports.get(chassis)?.tunnels !== undefined,
    isStarting(chassis) {
      const report = reports.get(chassis);
      return report?.flowsInstalled === false && report.controllerRuns === true;
    },
    canBeFenced: (chassis) => fresh.get(chassis)?.controllerRuns === false,
    isSeenByMost(chassis) {
      const views = [...fresh.values()].flatMap(({ tunnels, flowsInstalled }) =>
        flowsInstalled === false ? [] : (tunnels?.get(chassis) ?? []),
      );
      return views.filter((isUp) => !isUp).length * 10 <= views.length;
    },
    isReady: (chassis) => reports.get(chassis)?.ready,
    sendsTo(one, other) {
      const tunnels = fresh.get(one)?.tunnels;
      return tunnels && tunnels.get(other) === true;
    },
    seeEachOther(one, other) {
      const [near, far] = [fresh.get(one)?.tunnels, fresh.get(other)?.tunnels];
      if (!near && !far) return undefined;
      return near?.get(other) === true || far?.get(one) === true;
    },
  };
});

function reportsByChassis({ health, chassis }: Fabric): ReadonlyMap<string, NodeHealth> {
  if (!health || health.size === 0) return new Map();
  const byHost = new Map([...chassis.values()].map((each) => [each.hostname, each]));
  return new Map(
    [...health.values()].flatMap((report) => {
      const named = report.chassis === undefined ? undefined : chassis.get(report.chassis);
      const own = named ?? byHost.get(report.node);
      const name = own && isReportOf(report, own) ? own.name : report.chassis;
      return name === undefined ? [] : [[name, report] as const];
    }),
  );
}

/** Networks that every node with a bridge for them has lost, of those that are known to be alive; at least one. */
function networksDown({ chassis }: Fabric, alive: ReadonlyMap<string, NodeHealth>): ReadonlySet<string> {
  const states = new Map<string, boolean[]>();
  for (const [name, { uplinks }] of alive) {
    for (const network of chassis.get(name)?.mappings ?? []) {
      const known = states.get(network) ?? [];
      states.set(network, [...known, uplinks?.get(network) === false]);
    }
  }
  return new Set([...states].filter(([, down]) => down.every(Boolean)).map(([network]) => network));
}
