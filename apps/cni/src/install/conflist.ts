/** What a node's network configuration says. */
export type ConflistParts = {
  /** Name of the network, as the runtime knows it. */
  readonly network: string;
  readonly agentSocket: string;
  /** 0: as the Subnet says, or the largest that fits. */
  readonly mtu: number;
};

/**
 * A list of one plugin (CNI 1.1, section 1). Runtimes that know of `cniVersions` choose the newest one that both sides speak, and have
 * STATUS and GC then; older ones read `cniVersion`.
 */
export function conflistText({ network, agentSocket, mtu }: ConflistParts): string {
  const plugin = { type: 'berth-cni', agentSocket, ...(mtu > 0 && { mtu }) };
  const list = { cniVersion: '1.0.0', cniVersions: ['1.0.0', '1.1.0'], name: network, plugins: [plugin] };
  return `${JSON.stringify(list, null, 2)}\n`;
}
