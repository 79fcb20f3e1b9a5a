import type { ExampleLab } from './example-lab.ts';

/** A node that forwards what OVN sends to an address of its own, and says by BFD that it is alive. */
export type NextHop = {
  /** Packets it has forwarded since it began. */
  forwarded(): number;
  /** Lets it say nothing any more, though it would still forward. */
  silence(): void;
  /** Takes everything away again. */
  end(): void;
};

/**
 * Gives a node the port of its OvnEip of type lsp, named like the node: an interface in the node's own namespace, and BIRD as the
 * peer of `router`. `mac` is the OvnEip's.
 */
export function nextHop(
  lab: ExampleLab,
  { node, ip, mac, router, upstream }: Record<'node' | 'ip' | 'mac' | 'router' | 'upstream', string>,
): NextHop {
  const files = `/run/bird-${node}`;
  const run = (script: string): string => lab.at(node, 'sh', '-c', script);
  run(`
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
  const silence = (): void => void run(`kill "$(cat ${files}.pid)"`);
  const count = (): number => Number(run(`awk '/^Ip: [0-9]/ { print $7 }' /proc/net/snmp`));
  const before = count();
  return {
    forwarded: () => count() - before,
    silence,
    end: () => void run(`kill "$(cat ${files}.pid)"; ovs-vsctl del-port ovnext0`),
  };
}
