import { type Failure, formatFailure } from '@berth/core';
import type { Entrance } from '../lab/enter.ts';
import { unknown, usage } from '../lab/names.ts';
import type { LabPlan } from '../lab/plan.ts';
import { runScript } from '../lab/script-run.ts';
import { podNetns, podOfNetns } from '../lab/where.ts';
import { readRun, writeRegistry } from '../registry/entry.ts';
import { type InForce, readInForce } from '../registry/in-force.ts';
import {
  allEffects,
  type DaemonAt,
  type Effect,
  effectKey,
  effectsOf,
  type Mapping,
  wiresOf,
} from './effect.ts';
import { applyScript, deadScript, undoScript } from './script.ts';

/** The nodes a failure names. */
export function nodesOf(failure: Failure): readonly string[] {
  if (failure.kind === 'tunnel-pair') return failure.nodes;
  return 'node' in failure ? [failure.node] : [];
}

/** Injects failures at once. They are on record before anything breaks. */
export async function fail(
  plan: LabPlan,
  entrance: Entrance,
  pods: readonly string[],
  failures: readonly Failure[],
): Promise<void> {
  const named = failures.map((failure) => ownNames(plan, pods, failure));
  const before = readInForce(plan.directory);
  const mappings = named.some(needsMappings) ? await readMappings(plan, entrance) : [];
  const added = named.map((failure) => inForce(plan, before, failure, mappings));
  const after = merge(before, added);
  const known = new Set(before.flatMap(({ effects }) => effects).map(effectKey));
  const effects = after.flatMap((one) => one.effects);
  const due = distinct(effects).filter(
    (effect) => effect.kind !== 'restart-vswitchd' || !known.has(effectKey(effect)),
  );
  writeRegistry(plan.directory, 'failures.json', after);
  if (due.some(({ kind }) => kind === 'stop-controller')) signalRun(plan.directory, 'SIGSTOP');
  await runScript(entrance, plan.directory, 'fail', applyScript(due), { timeoutMs: 120_000 });
}

/**
 * Heals the given failures, or everything. Gives the daemons that were down though no failure had ended them, and that
 * run again.
 */
export async function heal(
  plan: LabPlan,
  entrance: Entrance,
  pods: readonly string[],
  failures: readonly Failure[] | undefined,
): Promise<readonly DaemonAt[]> {
  const before = readInForce(plan.directory);
  const recorded = new Set(before.map(({ failure }) => formatFailure(failure)));
  // What is on record may be healed though its pod is gone.
  const healed = failures?.map((failure) =>
    recorded.has(formatFailure(failure))
      ? formatFailure(failure)
      : formatFailure(ownNames(plan, pods, failure)),
  );
  const after = before.filter(
    ({ failure }) => healed !== undefined && !healed.includes(formatFailure(failure)),
  );
  const kept = distinct(after.flatMap(({ effects }) => effects));
  const unrecorded = failures?.filter((failure) => !recorded.has(formatFailure(failure))) ?? [];
  const undone = distinct([
    ...before.filter((one) => !after.includes(one)).flatMap(({ effects }) => effects),
    ...(healed === undefined ? allEffects(plan) : []),
    ...unrecorded.flatMap((failure) => daemonsOf(plan, ownNames(plan, pods, failure))),
  ]);
  const again = kept.filter(({ kind }) => kind !== 'restart-vswitchd');
  const ended = before.flatMap(({ effects }) => effects).flatMap(daemonEnded);
  const astray = undone
    .flatMap(daemonEnded)
    .filter((one) => !ended.some(({ where, daemon }) => where === one.where && daemon === one.daemon));
  const script = [deadScript(astray), undoScript(plan, undone, kept), applyScript(again)].join('\n');
  if (undone.some(({ kind }) => kind === 'stop-controller')) signalRun(plan.directory, 'SIGCONT');
  const printed = await runScript(entrance, plan.directory, 'heal', script, { timeoutMs: 120_000 });
  writeRegistry(plan.directory, 'failures.json', after);
  const dead = new Set(printed.split('\n'));
  return astray.filter(({ where, daemon }) => dead.has(`${where} ${daemon}`));
}

/** The daemons that a failure takes down, which may be down without it. */
function daemonsOf(plan: LabPlan, failure: Failure): readonly Effect[] {
  return effectsOf(plan, failure, []).filter(({ kind }) => kind === 'daemon');
}

/** The daemon that an effect ends. */
function daemonEnded(effect: Effect): readonly DaemonAt[] {
  if (effect.kind === 'exit-controller') return [{ where: effect.node, daemon: 'ovn-controller' }];
  return effect.kind === 'daemon' ? [{ where: effect.where, daemon: effect.daemon }] : [];
}

function merge(before: readonly InForce[], added: readonly InForce[]): InForce[] {
  const all = new Map([...before, ...added].map((one) => [formatFailure(one.failure), one]));
  return [...all.values()];
}

function distinct(effects: readonly Effect[]): Effect[] {
  return [...new Map(effects.map((effect) => [effectKey(effect), effect])).values()];
}

/** What is broken already is not asked again what it does: its names may lead nowhere by now. */
function inForce(
  plan: LabPlan,
  before: readonly InForce[],
  failure: Failure,
  mappings: readonly Mapping[],
): InForce {
  const already = before.find((one) => formatFailure(one.failure) === formatFailure(failure));
  if (already !== undefined) return already;
  const network = 'network' in failure ? failure.network : undefined;
  if (network !== undefined) {
    const known = [...new Set(mappings.map((mapping) => mapping.network)), ...plan.wires];
    const mapped =
      failure.kind !== 'mapping' ||
      mappings.some((one) => one.network === network && one.node === failure.node);
    if (!mapped || (failure.kind !== 'mapping' && wiresOf(plan, network, mappings).length === 0)) {
      throw unknown('external network', network, known);
    }
  }
  return { failure, effects: effectsOf(plan, failure, mappings) };
}

function needsMappings(failure: Failure): boolean {
  return failure.kind === 'mapping' || ('network' in failure && failure.network !== undefined);
}

/** The failure with nodes by their names in the lab, whichever of their names was given. */
function ownNames(plan: LabPlan, pods: readonly string[], failure: Failure): Failure {
  const node = (given: string): string => {
    const found = plan.nodes.find(({ name, systemId }) => name === given || systemId === given);
    if (found !== undefined) return found.name;
    throw unknown(
      'node',
      given,
      plan.nodes.map(({ name }) => name),
    );
  };
  if (failure.kind === 'tunnel-pair') {
    const [a, b] = [node(failure.nodes[0]), node(failure.nodes[1])].sort();
    if (a === undefined || b === undefined || a === b)
      throw usage('a tunnel runs between two nodes', 'name two nodes');
    return { kind: 'tunnel-pair', nodes: [a, b] };
  }
  if (failure.kind === 'pod' && !pods.includes(podNetns(failure.namespace, failure.name))) {
    throw unknown('pod', `${failure.namespace}/${failure.name}`, pods.map(podOfNetns));
  }
  return 'node' in failure ? { ...failure, node: node(failure.node) } : failure;
}

/** Bridge mappings of all nodes whose database answers. */
async function readMappings(plan: LabPlan, entrance: Entrance): Promise<Mapping[]> {
  const lines = `
for node in "\${nodes[@]}"; do
  (
    all=$(mappings "$node") || exit 0
    for one in \${all//,/ }; do
      echo "$node" "\${one%%:*}" "\${one#*:}" $(ovs-vsctl --timeout=2 --db="unix:$dir/nodes/$node/db.sock" list-ports "\${one#*:}")
    done
  ) &
done
wait`;
  const printed = await runScript(entrance, plan.directory, 'mappings', lines);
  return printed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [node = '', network = '', bridge = '', ...ports] = line.split(' ');
      return {
        node,
        network,
        bridge,
        wires: plan.wires.filter((_, place) => ports.includes(`eth${place + 1}`)),
      };
    });
}

function signalRun(directory: string, signal: 'SIGSTOP' | 'SIGCONT'): void {
  const run = readRun(directory);
  if (run !== undefined) process.kill(run.pid, signal);
}
