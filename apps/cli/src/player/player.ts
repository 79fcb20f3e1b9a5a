import type { ResourceSet } from '@berth/api';
import { type Finding, finding, sortFindings } from '@berth/core';
import { type Lab, podOfNetns } from '@berth/lab';
import { type AgentPass, type NodeAgent, nodeAgent } from '@berth/node';
import { outsideNetworks } from './outside.ts';
import { healthyNodes, podsByNode, unreachableNodes } from './pods.ts';

/** Plays everything around the controller on a lab: every node's agent, kubelet, and the outside router. */
export type Player = AsyncDisposable & {
  /**
   * Makes the provider bridges alone, so that they are there before a gateway is chosen. Resolves with the networks that
   * each node leads to, of nodes whose ovn-controller can tell SB. Throws as `play` does.
   */
  makeBridges(resources: ResourceSet): Promise<ReadonlyMap<string, readonly string[]>>;
  /**
   * Makes the lab as the resources say: pods' namespaces, provider bridges, attached workloads, the outside router's
   * addresses. Doing it again changes nothing. A workload that cannot be attached is a finding, and tried again by a later turn;
   * `dueInMs` tells when. Throws the faults of the lab, and of the nodes' agents once all had their turn.
   */
  play(resources: ResourceSet): Promise<Played>;
  /** Gives pods on healthy nodes the addresses and routes back that somebody took away inside them, and gives those pods. Throws as `play` does. */
  mend(resources: ResourceSet): Promise<readonly string[]>;
  /**
   * Waits until OVN forwards the packets of every workload on a healthy node, and for none longer than `patienceMs` from when it was
   * attached. Resolves with what is told of the others.
   */
  installed(patienceMs: number): Promise<readonly Finding[]>;
  /** What is told of the workloads on healthy nodes that were attached `patienceMs` ago and whose packets OVN does not forward. */
  late(patienceMs: number): readonly Finding[];
  close(): Promise<void>;
};

/** What a turn came to. */
export type Played = { readonly findings: readonly Finding[]; readonly dueInMs: number | undefined };

/** Starts to play. Nodes that are down are left alone until they are healed. */
export function createPlayer(lab: Lab, instance: string): Player {
  const agents = new Map<string, NodeAgent>();
  const opening = new Map<string, Promise<NodeAgent>>();
  const open = async (node: string): Promise<NodeAgent> => {
    try {
      const agent = await nodeAgent({ host: lab.host(node), instance });
      agents.set(node, agent);
      return agent;
    } finally {
      opening.delete(node);
    }
  };
  // Bridges may be asked for while a turn is played: a node has one agent.
  const agentOf = async (node: string): Promise<NodeAgent> => {
    const known = agents.get(node) ?? opening.get(node);
    if (known) return await known;
    const opened = open(node);
    opening.set(node, opened);
    return await opened;
  };
  const healthyAgents = (): readonly NodeAgent[] =>
    healthyNodes(lab.failures(), lab.nodeNames).flatMap((node) => agents.get(node) ?? []);
  const close = async (): Promise<void> => {
    await Promise.allSettled(opening.values());
    await Promise.all([...agents.values()].map((agent) => agent.close()));
    agents.clear();
  };
  return {
    async makeBridges(resources) {
      const failures = lab.failures();
      const healthy = healthyNodes(failures, lab.nodeNames);
      const led = await Promise.all(
        healthy.map(async (node) => {
          const { uplinks } = await (await agentOf(node)).reconcile({ resources });
          return [node, uplinks.map(({ network }) => network)] as const;
        }),
      );
      return new Map(led);
    },
    async play(resources) {
      const failures = lab.failures();
      const down = unreachableNodes(failures);
      const pods = podsByNode(resources, lab.nodeNames);
      const nodes = lab.nodeNames.filter((node) => !down.has(node));
      const attached = await Promise.all(nodes.map(async (node) => (await agentOf(node)).attached));
      const homeless = await keepNamespaces(
        lab,
        [...pods.values()].flatMap((each) => [...each.keys()]),
        attached.flat().map(({ namespace, name }) => `${namespace}/${name}`),
      );
      await lab.outside.configure(outsideNetworks(resources, lab.plan.wires));
      const reconcile = async (
        some: readonly string[],
      ): Promise<readonly PromiseSettledResult<AgentPass>[]> =>
        Promise.allSettled(
          some.map(async (node) =>
            (await agentOf(node)).reconcile({ resources, netnsByPod: without(pods.get(node), homeless) }),
          ),
        );
      // A pod that moves has one interface: its old node lets go before its new one takes it.
      const leaving = nodes.filter((_, place) =>
        attached[place]?.some(
          ({ namespace, name }) => !pods.get(nodes[place] ?? '')?.has(`${namespace}/${name}`),
        ),
      );
      const turns = [
        ...(await reconcile(leaving)),
        ...(await reconcile(nodes.filter((node) => !leaving.includes(node)))),
      ];
      const passes = turns.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
      const failed = turns.find((each) => each.status === 'rejected');
      if (failed) throw failed.reason;
      const [fault] = passes.flatMap(({ faults }) => faults);
      if (fault) throw fault;
      const due = passes.flatMap(({ dueInMs }) => dueInMs ?? []);
      return {
        findings: sortFindings([
          ...passes.flatMap(({ findings }) => findings),
          ...[...homeless].map(([pod, fault]) => withoutNamespace(pod, fault)),
        ]),
        dueInMs: due.length + homeless.size === 0 ? undefined : Math.min(homelessMs, ...due),
      };
    },
    async mend(resources) {
      const pods = podsByNode(resources, lab.nodeNames);
      const turns = healthyAgents().map((agent) =>
        agent.mend({ resources, netnsByPod: pods.get(agent.node) ?? new Map() }),
      );
      return (await Promise.all(turns)).flat();
    },
    async installed(patienceMs) {
      return (await Promise.all(healthyAgents().map((agent) => agent.installed(patienceMs)))).flat();
    },
    late: (patienceMs) => healthyAgents().flatMap((agent) => agent.late(patienceMs)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** How long a pod waits whose namespace could not be made. */
const homelessMs = 30_000;

/**
 * Plays kubelet: each pod has a network namespace; one that belongs to no pod any more goes, if it was `attached` on our
 * behalf: the others are pods of another instance. Resolves with the pods for which none could be made, and why.
 */
async function keepNamespaces(
  lab: Lab,
  pods: readonly string[],
  attached: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const present = new Set(lab.podNetnses.map(podOfNetns));
  const wanted = new Set(pods);
  const homeless = new Map<string, unknown>();
  for (const pod of wanted)
    if (!present.has(pod)) await lab.createPod(splitPod(pod)).catch((fault) => homeless.set(pod, fault));
  for (const pod of attached) if (present.has(pod) && !wanted.has(pod)) await lab.deletePod(splitPod(pod));
  return homeless;
}

function withoutNamespace(pod: string, fault: unknown): Finding {
  return finding('pod-unattached', {
    object: { kind: 'Pod', ...splitPod(pod) },
    message: `the lab has no network namespace for pod/${pod}: ${fault instanceof Error ? fault.message : fault}`,
    cure: 'mend what the message names; it is tried again by itself, and every other pod is attached meanwhile',
  });
}

function without(
  pods: ReadonlyMap<string, string> = new Map(),
  others: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, string> {
  return others.size === 0 ? pods : new Map([...pods].filter(([pod]) => !others.has(pod)));
}

function splitPod(pod: string): { readonly namespace: string; readonly name: string } {
  const [namespace = '', name = ''] = pod.split('/');
  return { namespace, name };
}
