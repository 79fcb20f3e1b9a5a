import type { ResourceSet } from '@berth/api';
import {
  type Answer,
  afterReaction,
  behindIn,
  type Controller,
  canBeAnswered,
  claimsIn,
  compiledTables,
  type Fabric,
  fabricOf,
  flowsOf,
  gatewaysOf,
  lackingAt,
  type NodeHealth,
  nodeOrdersOf,
  Planner,
  type Reaction,
  type Settings,
  type World,
  withInstalled,
} from '@berth/core';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { defaultWatchTimes } from '../nodes/node-watch.ts';
import { tried } from '../pass/check-plan.ts';
import { dated } from '../pass/dated.ts';
import { settle } from '../pass/prepare.ts';
import { agentsOf, type Foreseen, foresee } from './foreseen.ts';

/** An OVN that a Berth runs, as it was read. */
export type Controlled = {
  readonly resources: ResourceSet;
  readonly settings: Settings;
  readonly nb: Snapshot<NbTables>;
  readonly sb: Snapshot<SbTables>;
  /** The last words of agents that are not heard any more; none where all are. */
  readonly silent?: readonly NodeHealth[];
};

/** Steps of a move: a standby is added, raised, and the old one dropped; the rest is slack. */
const maximumRounds = 6;

/** From what an agent sees to rows in NB, and from there through northd to the chassis, ms. Measured on the lab. */
const actMs = 500;

/**
 * The controller that runs on an OVN, for predictions: the very functions that decide in a pass are asked what they do
 * with what agents will report, until they do nothing more.
 */
export function controllerOf(controlled: Controlled): Controller {
  const agents = agentsOf(fabricOf(controlled.nb, controlled.sb));
  return (alone) => (canBeAnswered(alone) ? answerTo(alone, controlled, agents) : undefined);
}

function answerTo(
  alone: World,
  controlled: Controlled,
  agents: ReadonlyMap<string, string>,
): Answer | undefined {
  let world = alone;
  let nb = world.fabric.northbound ?? controlled.nb;
  let reaction: Reaction | undefined;
  const removed = new Set<string>();
  let number = firstNumber(nb);
  let yields = false;
  let isStillTold = false;
  for (let round = 0; round < maximumRounds; round++) {
    const foreseen = foresee(world, agents, controlled.silent ?? [], routerMacs(nb));
    const gateways = gatewaysOf(nb);
    const lacking = lackingAt(nb, controlled.sb, foreseen.health.values(), new Map());
    yields ||= [...lacking.values()].some(({ routers }) => routers.size > 0);
    isStillTold ||= isNewlyStill(foreseen, alone, gateways);
    const fabric = seenFabric(world, { northbound: nb, gateways, lacking }, foreseen);
    const { intent } = settle(controlled.resources, fabric, controlled.settings).result;
    const plan = new Planner({
      db: 'NB',
      tables: compiledTables,
      instance: controlled.settings.instance,
    }).plan(intent, nb);
    const died = [...foreseen.dead].filter((chassis) => !removed.has(chassis));
    const nodes = [...agents].map(([name, chassis]) => ({ name, chassis }));
    const fenced = nodeOrdersOf({ intent, fabric, nodes, epoch: 0 }).orders.flatMap(({ metadata, spec }) =>
      spec.fences.length > 0 && foreseen.health.get(metadata.name)?.controllerRuns === false
        ? [agents.get(metadata.name) ?? '']
        : [],
    );
    const isSettled = plan.changes.length === 0 && died.length === 0 && sameNames(fenced, world.fenced);
    if (isSettled) break;
    const outcome = tried(dated(plan.changes, { number: ++number, isAfter: false }), nb);
    if (outcome.kind === 'committed') nb = outcome.snapshot;
    for (const chassis of died) removed.add(chassis);
    reaction = {
      fabric: fabricOf(nb, controlled.sb, world.plane.reports, { groupsFrom: 'nb' }),
      removed: [...removed],
      fenced,
    };
    world = afterReaction(alone, reaction);
  }
  if (!reaction) return undefined;
  // A chassis that stood still before has what it had, whatever else is written.
  const flows = withInstalled(flowsOf(nb, reaction.fabric), reaction.fabric, { nb, sb: controlled.sb });
  return { ...reaction, flows, ms: answerMs({ confirmsDeath: removed.size > 0, yields, isStillTold }) };
}

/** What the controller sees of a world: NB, what SB claims, and what agents report. */
function seenFabric(
  world: World,
  north: Pick<Fabric, 'northbound' | 'gateways' | 'lacking'>,
  { health, dead, still }: Foreseen,
): Fabric {
  const claims = claimsIn(world);
  const chassis = new Map([...world.fabric.chassis].filter(([name]) => !world.absent.has(name)));
  const mapped = [...chassis].map(
    ([name, one]) => [name, { ...one, mappings: mappingsIn(world, name) }] as const,
  );
  const heldClaims = new Map([...claims].filter(([port]) => port.startsWith('cr-')));
  return {
    ...world.fabric,
    ...{ chassis: new Map(mapped), claims, health, heldClaims, deadChassis: dead },
    behind: new Map([...atNumber(world, still), ...behindIn(world.fabric)]),
    ...north,
  };
}

/** Those that stand still from now on, with how far they got. */
function atNumber({ fabric }: World, still: ReadonlySet<string>): readonly (readonly [string, number])[] {
  return [...still].map((name) => [name, fabric.chassis.get(name)?.details?.nbCfg ?? 0]);
}

/** The number that NB has come to: what changes after a failure has a higher one, which nobody carries out who stands still. */
function firstNumber(nb: Snapshot<NbTables>): number {
  const [north] = nb.table('NB_Global');
  return north?.nb_cfg ?? 0;
}

/** MAC addresses of the router ports: what a fence can be about. */
function routerMacs(nb: Snapshot<NbTables>): ReadonlySet<string> {
  return new Set([...nb.table('Logical_Router_Port')].map(({ mac }) => mac));
}

function mappingsIn({ fabric, failed }: World, chassis: string): ReadonlySet<string> {
  const all = fabric.chassis.get(chassis)?.mappings ?? new Set<string>();
  if (failed.mappings.has(chassis)) return new Set();
  return new Set([...all].filter((network) => !failed.mappings.has(`${chassis}/${network}`)));
}

function sameNames(left: readonly string[], right: ReadonlySet<string>): boolean {
  return left.length === right.size && left.every((each) => right.has(each));
}

/** Whether a gateway stands still by what failed last, of which nothing tells but silence and what is not carried out. */
function isNewlyStill(
  { still }: Foreseen,
  { latest }: World,
  gateways: ReturnType<typeof gatewaysOf>,
): boolean {
  const members = new Set([...gateways.values()].flatMap((group) => group.map(({ chassis }) => chassis)));
  return latest.some((failure) => 'node' in failure && still.has(failure.node) && members.has(failure.node));
}

/** What a decision may have to wait for. */
type Waits = { readonly confirmsDeath: boolean; readonly yields: boolean; readonly isStillTold: boolean };

/** What is dead must be silent and idle for some time before it counts, and what stands still must have for a while. */
function answerMs({ confirmsDeath, yields, isStillTold }: Waits): number {
  const { silentMs, lagMs, stillMs } = defaultWatchTimes;
  const told = isStillTold ? silentMs + stillMs : yields ? stillMs : 0;
  return actMs + Math.max(confirmsDeath ? silentMs + lagMs : 0, told);
}
