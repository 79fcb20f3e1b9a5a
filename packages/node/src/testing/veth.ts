import type { Host } from '../host/host.ts';

/** A pair of interfaces that somebody else makes: `name` on the node, and eth0 with this MAC in a namespace. */
export type ForeignPair = {
  readonly name: string;
  readonly netns: string;
  readonly mac: string;
  readonly mtu: number;
};

/** Puts eth0 into a namespace as a program that is not ours would. */
export async function addForeignPair(host: Host, { name, netns, mac, mtu }: ForeignPair): Promise<void> {
  const size = ['mtu', String(mtu)];
  const inner = ['name', 'eth0', ...size, 'address', mac, 'netns', netns];
  await host.run(['ip', 'link', 'add', 'dev', name, ...size, 'type', 'veth', 'peer', ...inner]);
}
