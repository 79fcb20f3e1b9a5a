import { readLabKube } from '../kube/lab-kube.ts';
import type { LabEntry } from '../registry/entry.ts';
import { captureInside } from './capture.ts';
import { databaseNodes } from './plan.ts';
import { runScript } from './script-run.ts';
import { localRemotes, podNamespaces, podOfNetns } from './where.ts';

/** Daemons by name, with their process number inside the lab, or null when it is down. */
export type DaemonStatus = Readonly<Record<string, number | null>>;

export type LabNodeStatus = {
  readonly name: string;
  /** The name of the node's chassis in SB; null when SB has none or does not answer. */
  readonly chassis: string | null;
  readonly daemons: DaemonStatus;
  /** What was done to this node and not healed, as `formatFailure` writes it. */
  readonly failures: readonly string[];
};

/** `berth lab status -o json`. */
export type LabStatus = {
  readonly name: string;
  /** The first process, as this machine numbers it. */
  readonly initPid: number;
  /** Remotes of NB and SB that work from anywhere on this machine. */
  readonly nb: string;
  readonly sb: string;
  /** The administrator's kubeconfig of the lab's API server; null when it has none. */
  readonly kubeconfig: string | null;
  /** Where that API server asks for a controller's verdict, as `127.0.0.1:PORT`; null without one. */
  readonly admission: string | null;
  readonly central: DaemonStatus;
  readonly nodes: readonly LabNodeStatus[];
  /** As `NAMESPACE/NAME`. */
  readonly pods: readonly string[];
  /** Everything that is broken, as `formatFailure` writes it. */
  readonly failures: readonly string[];
};

const nodeDaemons = ['ovsdb-server', 'ovs-vswitchd', 'ovn-controller'];

/** The lab as it is now. `failures` are the failures in force, by the nodes they name. */
export async function statusOf(
  entry: LabEntry,
  failures: readonly { readonly text: string; readonly nodes: readonly string[] }[],
): Promise<LabStatus> {
  const { plan, init } = entry;
  const kube = readLabKube(plan.directory);
  const entrance = { init, rootless: plan.rootless };
  const [nb, sb] = localRemotes(plan);
  const members = databaseNodes(plan).map((node) => node.name);
  const databases = (home: string) =>
    ['nb', 'sb'].map((db) => `echo ${home} ${db} $(process "$dir/${home}/ovn${db}_db.pid" ovsdb-server)`);
  const lines = [
    ...(members.length === 0 ? databases('central') : members.flatMap((node) => databases(`nodes/${node}`))),
    'echo central northd $(process "$dir/central/ovn-northd.pid" ovn-northd)',
    ...plan.nodes.flatMap(({ name }) =>
      nodeDaemons.map(
        (daemon) => `echo nodes/${name} ${daemon} $(process "$dir/nodes/${name}/${daemon}.pid" ${daemon})`,
      ),
    ),
    'true',
  ];
  const [printed, chassis] = await Promise.all([
    runScript(entrance, plan.directory, 'status', lines.join('\n')),
    chassisNames(entry, sb),
  ]);
  const daemons = readDaemons(printed);
  return {
    name: plan.name,
    initPid: init.pid,
    nb,
    sb,
    kubeconfig: kube?.kubeconfigs['admin'] ?? null,
    admission: kube?.admission ?? null,
    central: daemons.get('central') ?? {},
    nodes: plan.nodes.map((node) => ({
      name: node.name,
      chassis: chassis.has(node.systemId) ? node.systemId : null,
      daemons: daemons.get(`nodes/${node.name}`) ?? {},
      failures: failures.filter(({ nodes }) => nodes.includes(node.name)).map(({ text }) => text),
    })),
    pods: podNamespaces(init.pid).map(podOfNetns),
    failures: failures.map(({ text }) => text),
  };
}

function readDaemons(printed: string): Map<string, Record<string, number | null>> {
  const places = new Map<string, Record<string, number | null>>();
  for (const line of printed.trim().split('\n')) {
    const [place = '', daemon = '', pid] = line.split(' ');
    const known = places.get(place) ?? {};
    known[daemon] = pid === undefined ? null : Number(pid);
    places.set(place, known);
  }
  return places;
}

/** Names of the Chassis rows (ovn-sb(5)); none when SB does not answer at once. */
async function chassisNames({ plan, init }: LabEntry, sb: string): Promise<ReadonlySet<string>> {
  for (const remote of sb.split(',')) {
    const list = ['--timeout=2', '--no-leader-only', '--bare', '--columns=name', 'list', 'Chassis'];
    const argv = ['ovn-sbctl', `--db=${remote}`, ...list];
    const { exitCode, stdout } = await captureInside({ init, rootless: plan.rootless }, undefined, argv);
    if (exitCode === 0) return new Set(stdout.split('\n').filter((name) => name !== ''));
  }
  return new Set();
}
