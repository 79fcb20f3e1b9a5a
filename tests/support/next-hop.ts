/** Runs a command in a place of a lab and gives what it printed. */
export type RunAt = { at(where: string, ...argv: readonly string[]): Promise<string> };

/** A node that forwards what OVN sends to an address of its own, and says by BFD that it is alive. */
export type NextHop = {
  /** Packets it has forwarded since it began. */
  forwarded(): Promise<number>;
  /** Lets it say nothing any more, though it would still forward. */
  silence(): Promise<void>;
  /** Takes everything away again. */
  end(): Promise<void>;
};

/**
 * Gives a node the port of its OvnEip of type lsp, named like the node: an interface in the node's own namespace, and BIRD as the
 * peer of `router`. `mac` is the OvnEip's.
 */
export async function nextHop(
  lab: RunAt,
  { node, ip, mac, router, upstream }: Record<'node' | 'ip' | 'mac' | 'router' | 'upstream', string>,
): Promise<NextHop> {
  const files = `/run/bird-${node}`;
  const run = (script: string): Promise<string> => lab.at(node, 'sh', '-c', script);
  await run(`
    set -e
    ovs-vsctl add-port br-int ovnext0 -- set Interface ovnext0 type=internal external_ids:iface-id=${node}
    ip link set ovnext0 address ${mac} up
    ip address add ${ip}/24 dev ovnext0
    ip route replace default via ${upstream}
    sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.ovnext0.rp_filter=0
    sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.ovnext0.send_redirects=0
    cat > ${files}.conf <<END
router id ${ip};
protocol device { }
protocol bfd {
  interface "ovnext0" { interval 100 ms; multiplier 3; };
  neighbor ${router} dev "ovnext0" local ${ip};
}
END
    bird -c ${files}.conf -s ${files}.ctl -P ${files}.pid`);
  const count = async (): Promise<number> =>
    Number(await run(`awk '/^Ip: [0-9]/ { print $7 }' /proc/net/snmp`));
  const before = await count();
  return {
    forwarded: async () => (await count()) - before,
    silence: async () => void (await run(`kill "$(cat ${files}.pid)"`)),
    end: async () => void (await run(`kill "$(cat ${files}.pid)"; ovs-vsctl del-port ovnext0`)),
  };
}
