import type { OvnWorld, WorldNat } from './ovn-world-model.ts';

/** How big: nodes, floating IPs, and how many of these a VPC has (100 when left out). */
export type BigWorld = { readonly nodes: number; readonly floatingIps: number; readonly perVpc?: number };

/** A big OVN: half its floating IPs distributed, gateway groups of two and three by turns, all on one external network. */
export function bigOvnWorld({ nodes: count, floatingIps, perVpc = 100 }: BigWorld): OvnWorld {
  const nodes = Array.from({ length: count }, (_, at) => ({ name: nodeName(at) }));
  const routers = Array.from({ length: Math.ceil(floatingIps / perVpc) }, (_, vpc) => {
    const own = Math.min(perVpc, floatingIps - vpc * perVpc);
    const members = Array.from({ length: 2 + (vpc % 2) }, (_, member) => {
      return [nodeName((vpc * 7 + member * 13) % count), 100 - member] as const;
    });
    const places = Array.from({ length: own }, (_, pod) => pod);
    return {
      name: `vpc${vpc}`,
      gatewayPorts: [{ external: 'external0', members }],
      subnets: [
        {
          name: `s${vpc}`,
          networks: ['192.168.0.1/16'],
          pods: places.map((pod) => ({
            name: `p${pod}.v${vpc}`,
            node: nodeName((vpc * 31 + pod * 17) % count),
          })),
        },
      ],
      nat: places.map((pod) => natRow(vpc, pod, vpc * perVpc + pod)),
    };
  });
  return { nodes, externals: [{ name: 'external0', subnets: ['10.0.0.0/8'] }], routers };
}

function nodeName(at: number): string {
  return `node-${String(at).padStart(4, '0')}`;
}

function natRow(vpc: number, pod: number, place: number): WorldNat {
  const isDistributed = pod % 2 === 0;
  return {
    type: 'dnat_and_snat',
    externalIp: `10.${place >> 16}.${(place >> 8) & 255}.${place & 255}`,
    logicalIp: `192.168.${(10 + pod) >> 8}.${(10 + pod) & 255}`,
    logicalPort: `p${pod}.v${vpc}`,
    externalMac: isDistributed ? `06:00:00:${hex(place >> 16)}:${hex(place >> 8)}:${hex(place)}` : undefined,
  };
}

function hex(byte: number): string {
  return (byte & 255).toString(16).padStart(2, '0');
}
