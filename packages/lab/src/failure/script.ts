import type { LabPlan } from '../lab/plan.ts';
import { command } from '../script/quote.ts';
import { type DaemonAt, type DaemonName, type Effect, effectKey } from './effect.ts';

/**
 * Bash that brings all effects about: first, at one stroke each, the daemons and the links, then what takes longer. Doing
 * it again does nothing, apart from restarts.
 */
export function applyScript(effects: readonly Effect[]): string {
  const daemons = of(effects, 'daemon');
  const links = of(effects, 'link');
  return [
    ...(daemons.length === 0
      ? []
      : [`slay ${daemons.map(({ where, daemon }) => pidFile(where, daemon)).join(' ')}`]),
    ...linkLines(links, 'down'),
    ...parallel(of(effects, 'exit-controller').map(({ node }) => command('exit_controller', node))),
    ...parallel(of(effects, 'restart-vswitchd').map(({ node }) => command('restart_vswitchd', node))),
    ...of(effects, 'cut').flatMap(({ nodes: [a, b] }) => [
      command('cut_flows', a, b, 'add'),
      command('cut_flows', b, a, 'add'),
    ]),
    ...of(effects, 'mapping').map(({ node, network }) => command('remove_mapping', node, network)),
    ...of(effects, 'pod-link').map(({ netns }) => command('pod_link', netns, 'down')),
    'true',
  ].join('\n');
}

/** Bash that prints a line `WHERE DAEMON` for each of these daemons that does not run. */
export function deadScript(daemons: readonly DaemonAt[]): string {
  return daemons
    .map(({ where, daemon }) => `process ${pidFile(where, daemon)} >/dev/null || echo ${where} ${daemon}`)
    .join('\n');
}

/** Bash that undoes all effects; daemons run when it ends. `kept` are effects that stay: what they hold down is not started. */
export function undoScript(plan: LabPlan, effects: readonly Effect[], kept: readonly Effect[]): string {
  const held = new Set(kept.map(effectKey));
  const wanted = effects.filter((effect) => !held.has(effectKey(effect)));
  const starts = (where: string, daemon: DaemonName) =>
    wanted.some((effect) => concerns(effect, where, daemon)) &&
    !kept.some((effect) => concerns(effect, where, daemon));
  const nodes = plan.nodes.map(({ name }) => name);
  const databases = (['nb', 'sb'] as const).flatMap((db) => {
    if (starts('central', db)) return [command('start_database', db)];
    return nodes.filter((node) => starts(node, db)).map((node) => command('start_database', db, node));
  });
  const daemons = (['ovsdb-server', 'ovs-vswitchd', 'ovn-controller'] as const).map((daemon) => ({ daemon }));
  const boots = nodes.flatMap((node) => {
    const started = daemons.filter(({ daemon }) => starts(node, daemon));
    return started.length === 0
      ? []
      : [
          `{ ${started.map(({ daemon }) => command(`start_${daemon.replaceAll('-', '_')}`, node)).join('; ')}; }`,
        ];
  });
  // Without SB it cannot leave in good order, and would end by itself as soon as SB is back.
  const leaving = of(wanted, 'exit-controller').filter(({ node }) => starts(node, 'ovn-controller'));
  return [
    ...leaving.map(({ node }) => `slay ${pidFile(node, 'ovn-controller')}`),
    ...linkLines(of(wanted, 'link'), 'up'),
    ...parallel(databases),
    ...(starts('central', 'northd') ? ['start_northd'] : []),
    ...parallel(boots),
    ...of(wanted, 'cut').flatMap(({ nodes: [a, b] }) => [
      command('cut_flows', a, b, 'del'),
      command('cut_flows', b, a, 'del'),
    ]),
    ...of(wanted, 'mapping').map(({ node, network, bridge }) =>
      command('add_mapping', node, network, bridge),
    ),
    ...of(wanted, 'pod-link').map(({ netns }) => command('pod_link', netns, 'up')),
    'true',
  ].join('\n');
}

function concerns(effect: Effect, where: string, daemon: DaemonName): boolean {
  if (effect.kind === 'exit-controller') return effect.node === where && daemon === 'ovn-controller';
  return effect.kind === 'daemon' && effect.where === where && effect.daemon === daemon;
}

function linkLines(links: readonly { readonly link: string }[], state: 'up' | 'down'): string[] {
  if (links.length === 0) return [];
  return ["ip -batch - <<'END'", ...links.map(({ link }) => `link set ${link} ${state}`), 'END'];
}

/** The daemon's pidfile and command, as \`slay\` takes them. */
function pidFile(where: string, daemon: DaemonName): string {
  const home = where === 'central' ? '$dir/central' : `$dir/nodes/${where}`;
  switch (daemon) {
    case 'nb':
    case 'sb':
      return `"${home}/ovn${daemon}_db.pid" ovsdb-server`;
    case 'northd':
      return `"${home}/ovn-northd.pid" ovn-northd`;
    default:
      return `"${home}/${daemon}.pid" ${daemon}`;
  }
}

function parallel(commands: readonly string[]): string[] {
  return commands.length === 0 ? [] : [...commands.map((line) => `${line} &`), 'wait'];
}

function of<Kind extends Effect['kind']>(
  effects: readonly Effect[],
  kind: Kind,
): Extract<Effect, { kind: Kind }>[] {
  return effects.filter((effect): effect is Extract<Effect, { kind: Kind }> => effect.kind === kind);
}
