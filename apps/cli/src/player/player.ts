import type { ResourceSet } from '@berth/api';
import { type Finding, sortFindings } from '@berth/core';
import { type Lab, podOfNetns } from '@berth/lab';
import { type AgentPass, type NodeAgent, nodeAgent } from '@berth/node';
import { outsideNetworks } from './outside.ts';
import { healthyNodes, podsByNode, unreachableNodes } from './pods.ts';

/** Plays everything around the controller on a lab: every node's agent, kubelet, and the outside router. */
export type Player = AsyncDisposable & {
  /**
   * Makes the provider bridges alone, so that they are there before a gateway is chosen. Resolves with the networks that
   * each node leads to, of nodes whose ovn-controller can tell SB. Throws as `sync` does.
   */
  makeBridges(resources: ResourceSet): Promise<ReadonlyMap<string, readonly string[]>>;
  /**
   * Makes the lab as the resources say: pods' namespaces, provider bridges, attached workloads, the outside router's
   * addresses. Resolves when OVN forwards the packets of every workload on a healthy node. Doing it again changes
   * nothing. Throws the faults of the lab and of the node's agents.
   */
  sync(resources: ResourceSet): Promise<readonly Finding[]>;
  close(): Promise<void>;
};

/** OVN binds a port within milliseconds; northd may have much to compute before. */
const installTimeoutMs = 20_000;

/** Starts to play. Nodes that are down are left alone until they are healed. */
export function createPlayer(lab: Lab, instance: string): Player {
  const agents = new Map<string, NodeAgent>();
  const agentOf = async (node: string): Promise<NodeAgent> => {
    const agent = agents.get(node) ?? (await nodeAgent({ host: lab.host(node), instance }));
    agents.set(node, agent);
    return agent;
  };
  const close = async (): Promise<void> => {
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
    async sync(resources) {
      const failures = lab.failures();
      const down = unreachableNodes(failures);
      const pods = podsByNode(resources, lab.nodeNames);
      const nodes = lab.nodeNames.filter((node) => !down.has(node));
      const attached = await Promise.all(nodes.map(async (node) => (await agentOf(node)).attached));
      await keepNamespaces(
        lab,
        [...pods.values()].flatMap((each) => [...each.keys()]),
        attached.flat().map(({ namespace, name }) => `${namespace}/${name}`),
      );
      await lab.outside.configure(outsideNetworks(resources, lab.plan.wires));
      const reconcile = async (some: readonly string[]): Promise<readonly AgentPass[]> =>
        Promise.all(
          some.map(async (node) =>
            (await agentOf(node)).reconcile({ resources, netnsByPod: pods.get(node) ?? new Map() }),
          ),
        );
      // A pod that moves has one interface: its old node lets go before its new one takes it.
      const leaving = nodes.filter((_, place) =>
        attached[place]?.some(
          ({ namespace, name }) => !pods.get(nodes[place] ?? '')?.has(`${namespace}/${name}`),
        ),
      );
      const passes = [
        ...(await reconcile(leaving)),
        ...(await reconcile(nodes.filter((node) => !leaving.includes(node)))),
      ];
      const [fault] = passes.flatMap(({ faults }) => faults);
      if (fault) throw fault;
      const healthy = healthyNodes(failures, nodes);
      await Promise.all(healthy.map(async (node) => (await agentOf(node)).installed(installTimeoutMs)));
      return sortFindings(passes.flatMap(({ findings }) => findings));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Plays kubelet: each pod has a network namespace; one that belongs to no pod any more goes, if it was `attached` on our
 * behalf: the others are pods of another instance.
 */
async function keepNamespaces(lab: Lab, pods: readonly string[], attached: readonly string[]): Promise<void> {
  const present = new Set(lab.podNetnses.map(podOfNetns));
  const wanted = new Set(pods);
  for (const pod of wanted) if (!present.has(pod)) await lab.createPod(splitPod(pod));
  for (const pod of attached) if (present.has(pod) && !wanted.has(pod)) await lab.deletePod(splitPod(pod));
}

function splitPod(pod: string): { readonly namespace: string; readonly name: string } {
  const [namespace = '', name = ''] = pod.split('/');
  return { namespace, name };
}
