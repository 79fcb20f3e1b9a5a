import { dialDaemon } from '@berth/node';
import type { Lab } from '../lab/lab.ts';
import { fabricPort, type LabPlan, wireNic } from '../lab/plan.ts';
import { plainBash } from '../script/bash.ts';
import { type Link, readLinks } from './links.ts';
import { NodeSwitch, type Switch } from './node-switch.ts';
import type { SwitchPort } from './switch-ports.ts';

/** A node at the moment of a look. */
export type NodeScene = {
  readonly name: string;
  readonly tunnelIp: string;
  /** Undefined when it stands still. */
  readonly control: Switch | undefined;
  readonly ports: readonly SwitchPort[];
  /** Whether its ovn-controller runs, which answers solicitations of IPv6. */
  readonly hasController: boolean;
  /** NICs that have a carrier. */
  readonly up: ReadonlySet<string>;
  /** Network namespaces of pods by the NIC that leads to them. */
  readonly pods: ReadonlyMap<string, string>;
};

/** A lab at the moment of a look: what a frame can cross between switches, and the switches. Nothing here is read from OVN's databases. */
export type Scene = Disposable & {
  readonly plan: LabPlan;
  readonly nodes: ReadonlyMap<string, NodeScene>;
  /** Bridges of the fabric that are up: `under` and the external wires. */
  readonly wiresUp: ReadonlySet<string>;
  /** Hardware addresses of `outside` by NIC. */
  readonly outside: ReadonlyMap<string, string>;
};

/** Looks at cables and daemons, and opens every switch that runs. */
export async function openScene(lab: Lab): Promise<Scene> {
  const { plan } = lab;
  const [links, nodes] = await Promise.all([
    linksOf(lab),
    Promise.all(plan.nodes.map(async ({ name }) => ({ name, ...(await daemonsOf(lab, name)) }))),
  ]);
  const upIn = (place: string): ReadonlySet<string> =>
    new Set(links.filter((link) => link.place === place && link.isUp).map(({ name }) => name));
  const fabric = upIn('central');
  const scenes = plan.nodes.map((node): NodeScene => {
    const { control, ports, hasController } = nodes.find(({ name }) => name === node.name) ?? noDaemons;
    const pods = links.filter(({ place, peer }) => place === node.name && peer?.startsWith('pod.'));
    return {
      ...{ name: node.name, tunnelIp: node.tunnelIp, control, ports, hasController },
      up: new Set([...upIn(node.name)].filter((nic) => isCabled(plan, fabric, node.name, nic))),
      pods: new Map(pods.map(({ name, peer = '' }) => [name, peer])),
    };
  });
  return {
    plan,
    nodes: new Map(scenes.map((node) => [node.name, node])),
    wiresUp: new Set(['under', ...plan.wires].filter((wire) => fabric.has(wire))),
    outside: new Map(links.filter(({ place }) => place === 'outside').map(({ name, mac }) => [name, mac])),
    [Symbol.dispose]() {
      for (const { control } of scenes) control?.[Symbol.dispose]();
    },
  };
}

const noDaemons = { control: undefined, ports: [], hasController: false };

/** A NIC that is up leads nowhere when the fabric's end of its cable is down. */
function isCabled(plan: LabPlan, fabric: ReadonlySet<string>, name: string, nic: string): boolean {
  const node = plan.nodes.find((one) => one.name === name);
  const wire = nic === 'under0' ? 'under' : plan.wires.find((each) => wireNic(plan, each) === nic);
  return node === undefined || wire === undefined || fabric.has(fabricPort(wire, node));
}

async function linksOf(lab: Lab): Promise<readonly Link[]> {
  const script =
    'ip -o link show | sed "s/^/central /"; for name; do ip -n "$name" -o link show | sed "s/^/$name /"; done';
  const names = ['outside', ...lab.nodeNames];
  const { stdout } = await lab.exec('central', [...plainBash, '-c', script, 'links', ...names]);
  return readLinks(stdout);
}

async function daemonsOf(
  lab: Lab,
  node: string,
): Promise<typeof noDaemons | Pick<NodeScene, 'control' | 'ports' | 'hasController'>> {
  const { ovsRundir, ovnRundir } = lab.host(node);
  const [control, controller] = await Promise.all([
    NodeSwitch.open(ovsRundir),
    dialDaemon(ovnRundir, 'ovn-controller'),
  ]);
  controller?.[Symbol.dispose]();
  const ports = await control?.ports();
  return { control: ports && control, ports: ports ?? [], hasController: controller !== undefined };
}
