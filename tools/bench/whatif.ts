import {
  analyse,
  type ExternalFlow,
  type Fabric,
  type FailureSet,
  fabricOf,
  flowsOf,
  type Sweep,
  sweep,
} from '@berth/core';
import { type Route, routeOf, stateOf } from '../../packages/core/src/analyse/state-of.ts';
import { afterFailures, baseWorld, type World } from '../../packages/core/src/analyse/world/world.ts';
import { ovnWorld } from '../../packages/core/src/testing/ovn-world.ts';
import { bigOvnWorld } from '../../packages/core/src/testing/ovn-world-big.ts';
import { clock, hold, timingLine, verdict } from './contest.ts';

type Size = {
  readonly nodes: number;
  readonly floatingIps: number;
  readonly goalMs: number;
  readonly goalRatio: number;
  /** Scenarios that the enumerator goes through; the time of all is reckoned from theirs. */
  readonly sampled: number;
};

const sizes: readonly Size[] = [
  { nodes: 100, floatingIps: 10_000, goalMs: 25, goalRatio: 20, sampled: 10 },
  { nodes: 500, floatingIps: 50_000, goalMs: 250, goalRatio: 150, sampled: 2 },
];

/** P9: every failure of one host and of two, in classes and one scenario after the other. */
export async function* benchWhatIf(): AsyncGenerator<string> {
  for (const size of sizes) yield* benchSize(size);
}

async function* benchSize({ nodes, floatingIps, goalMs, goalRatio, sampled }: Size): AsyncGenerator<string> {
  const { nb, sb } = ovnWorld(bigOvnWorld({ nodes, floatingIps }));
  const fabric = fabricOf(nb, sb);
  const flows = flowsOf(nb, fabric);
  const sweepAll = (): Sweep => sweep({ fabric, flows, kinds: ['host'], pairs: true });
  const swept = sweepAll();
  const { scenarios, classes } = swept.summary();
  const samples = sample(swept, sampled);
  const base = baseWorld(fabric);
  const routes = flows.map((flow) => routeOf(base, flow));
  const name = `${nodes} nodes, ${floatingIps} floating IPs`;
  const times = await hold({
    name: 'what if',
    rounds: 9,
    entrants: {
      'in classes: all scenarios, with totals and reasons': () => clock(() => total(sweepAll())),
      [`one by one (${sampled} scenarios, scaled)`]: async () =>
        (await clock(() => enumerate(base, routes, samples))) * (scenarios / samples.length),
      'a NAT row changed': () => clock(() => changeFlow(swept, flows)),
      'a workload moved': () => clock(() => changeFlow(swept, flows, fabric)),
    },
  });
  yield `P9 what if: ${name}, ${flows.length} flows in ${classes} classes, ${scenarios} scenarios (median, min, max)`;
  for (const [entrant, timing] of times) yield timingLine(entrant, timing);
  const [inClasses = 0, oneByOne = 0, row = 0, moved = 0] = [...times.values()].map(
    ({ medianMs }) => medianMs,
  );
  yield verdict(`P9 all pairs, ms (${nodes} nodes)`, inClasses, goalMs);
  const ratio = oneByOne / inClasses;
  const state = ratio >= goalRatio ? 'met' : 'NOT MET';
  yield `P9 times faster than one by one (${nodes} nodes): ${Math.round(ratio)}  goal ≥ ${goalRatio}  ${state}`;
  yield verdict(`P9 a NAT row changed, ms (${nodes} nodes)`, row, 1);
  yield verdict(`P9 a workload moved, ms (${nodes} nodes)`, moved, 1);
  yield `   ${disagreements(swept, fabric, flows, samples)} of ${samples.length} sampled scenarios differ from those one by one`;
}

/** Reads what every scenario costs, so that nothing is put off. */
function total(swept: Sweep): number {
  let lost = 0;
  for (const { totals } of swept.scenarios()) lost += totals.lost;
  return lost;
}

function sample(swept: Sweep, wanted: number): readonly FailureSet[] {
  const all = [...swept.scenarios()].map(({ failures }) => failures);
  return Array.from({ length: wanted }, (_, place) => all[Math.floor((place * all.length) / wanted)] ?? []);
}

/** The states of every flow under every set, without a word about them: as lean as one by one can be. */
function enumerate(base: World, routes: readonly Route[], sets: readonly FailureSet[]): number {
  let lost = 0;
  for (const set of sets) {
    const world = afterFailures(base, set);
    for (const route of routes) if (stateOf(world, route).outcome === 'lost') lost += 1;
  }
  return lost;
}

function changeFlow(swept: Sweep, flows: readonly ExternalFlow[], fabric?: Fabric): void {
  const target = flows[1]?.target;
  const changed = flows.slice(0, 8).filter((flow) => flow.target === target);
  swept.replace({ out: changed, in: changed, ...(fabric === undefined ? {} : { fabric }) });
}

function disagreements(
  swept: Sweep,
  fabric: Fabric,
  flows: readonly ExternalFlow[],
  sets: readonly FailureSet[],
): number {
  return sets.filter((set) => {
    const { verdicts } = analyse({ fabric, flows, failures: [set] });
    const changed = new Map(
      swept
        .scenario(set)
        ?.changes()
        .flatMap(({ flows: all, after }) => all.map((flow) => [flow, after])),
    );
    return verdicts.some(({ flow, before, after, moved }) => {
      const isChange = before.outcome === 'delivered' && (moved || after.outcome !== 'delivered');
      const found = changed.get(flow);
      return isChange ? JSON.stringify(found) !== JSON.stringify(after) : found !== undefined;
    });
  }).length;
}

if (import.meta.main) for await (const line of benchWhatIf()) console.log(line);
