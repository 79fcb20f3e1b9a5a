import type { ExplanationAnswer } from '../schema/explanation.ts';
import type { Style } from './style.ts';

type Dependency = ExplanationAnswer['dependsOn'][number];

/** How many lines are shown: more would not be one screen. */
const listed = 12;

/** What breaks a target, a line for each thing that the failures are of, with what becomes of it. */
export function dependencyLines({ dependsOn, now }: ExplanationAnswer, style: Style): readonly string[] {
  if (dependsOn.length === 0) {
    if (now.outcome === 'delivered') return ['nothing that was tried'];
    const isIdle = now.addresses.every(({ idle }) => idle !== undefined);
    return [isIdle ? 'to be told once a workload uses it' : 'to be told when it works'];
  }
  const groups = Map.groupBy(dependsOn, (each) => JSON.stringify([subjectOf(each), each.effect]));
  const lines = [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [groupText(group, first, style)] : [];
  });
  const rest = lines.length - listed;
  return rest > 0 ? [...lines.slice(0, listed), `and ${rest} more: -o json lists them`] : lines;
}

/** `node-1`, or what is down together. */
function subjectOf({ failures }: Dependency): string {
  if (failures.length > 1) return `${failures.map(subjectName).join(' and ')} together`;
  return failures.map(subjectName).join();
}

function subjectName(failure: string): string {
  return failure.slice(failure.indexOf(':') + 1);
}

function kindOf(failure: string): string {
  const colon = failure.indexOf(':');
  return colon < 0 ? '' : failure.slice(0, colon);
}

/** `node-1 (host, uplink): lost: workload-down, uplink-down`; the words are those that `whatif --fail` takes. */
function groupText(group: readonly Dependency[], first: Dependency, style: Style): string {
  const kinds = [...new Set(group.flatMap(({ failures }) => failures.map(kindOf)))].filter(
    (kind) => kind !== '',
  );
  const reasons = [...new Set(group.flatMap(({ reason }) => reason ?? []))];
  const outageMs = Math.max(0, ...group.map((each) => each.outageMs ?? 0));
  const effects = {
    lost: `${style.bad('lost')}${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}`,
    unknown: `${style.doubtful('cannot be told')}${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}`,
    moved: style.changed(`moves${outageMs > 0 ? `, dark for about ${(outageMs / 1000).toFixed(1)} s` : ''}`),
  };
  const directions = [...new Set(group.flatMap((each) => each.directions))];
  const targets = [...new Set(group.flatMap((each) => each.targets))];
  const part = targets.length < first.ofTargets ? ` for ${someOf(targets)} of ${first.ofTargets}` : '';
  const way = directions.length === 1 ? ` (${directions.join()} only)` : '';
  return `${subjectOf(first)}${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}: ${effects[first.effect]}${part}${way}`;
}

/** `fip/a, fip/b, 2`, to go on with how many there are. */
function someOf(targets: readonly string[]): string {
  return targets.length <= 2
    ? `${targets.join(', ')}, ${targets.length}`
    : `${targets.slice(0, 2).join(', ')} and others, ${targets.length}`;
}

/** What may fail without any packet noticing: gateways above all, said in so many words. */
export function independenceLines({ independentOf }: ExplanationAnswer, style: Style): readonly string[] {
  const gateways = independentOf.find(({ of }) => of === 'gateways')?.failures.map(subjectName) ?? [];
  const central = independentOf.filter(({ of }) => of === 'central').flatMap(({ failures }) => failures);
  const nodes = independentOf
    .filter(({ of }) => of === 'node')
    .flatMap(({ failures }) => failures.map(subjectName));
  const others = nodes.filter((node) => !gateways.includes(node));
  const both =
    gateways.length === 2
      ? 'both may die at once'
      : gateways.length === 1
        ? 'it may die'
        : 'all may die at once';
  return [
    ...(gateways.length > 0 ? [`${style.good('any gateway node')}: ${gateways.join(', ')}: ${both}`] : []),
    ...(central.length > 0
      ? [
          `${central.map((each) => each.toUpperCase().replace('NORTHD', 'northd')).join(', ')}, once it is programmed`,
        ]
      : []),
    ...(others.length > 0
      ? [
          `${others.slice(0, 6).join(', ')}${others.length > 6 ? ` and ${others.length - 6} other nodes` : ''}`,
        ]
      : []),
  ];
}
