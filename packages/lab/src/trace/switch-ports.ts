/** A port of a node's switch. */
export type SwitchPort = {
  readonly bridge: string;
  readonly name: string;
  /** In datapath actions; undefined for one that the datapath does not know, such as a patch port. */
  readonly number: number | undefined;
  /** The other end of a tunnel. */
  readonly remoteIp: string | undefined;
  /** The other end of a patch. */
  readonly peer: string | undefined;
};

/** What `dpif/show` prints: `  BRIDGE:` and under it `    PORT OFPORT/NUMBER: (TYPE: OPTIONS)`. */
export function readSwitchPorts(text: string): readonly SwitchPort[] {
  const ports: SwitchPort[] = [];
  let bridge = '';
  for (const line of text.split('\n')) {
    bridge = /^ {2}(\S+):$/.exec(line)?.[1] ?? bridge;
    const [, name, number, options = ''] = /^ {4}(\S+) \d+\/(\d+|none): \((.*)\)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const remoteIp = /remote_ip=([^,)]+)/.exec(options)?.[1];
    const peer = /peer=([^,)]+)/.exec(options)?.[1];
    ports.push({ bridge, name, number: number === 'none' ? undefined : Number(number), remoteIp, peer });
  }
  return ports;
}
