import { auditOf } from '../analyse/audit/audit-of.ts';
import type { AuditInput } from '../analyse/audit/network.ts';
import { flowsOf } from '../analyse/flows/flows-of.ts';
import { fabricOf } from '../fabric/read.ts';
import type { Finding } from '../finding/finding.ts';
import { type OvnWorld, ovnWorld, type WorldGatewayPort, type WorldNat } from './ovn-world.ts';

const mac = '00:00:00:00:01:09';
export const central: WorldNat = {
  type: 'dnat_and_snat',
  externalIp: '10.100.0.9',
  logicalIp: '192.168.0.4',
};
export const distributed: WorldNat = { ...central, logicalPort: 'web', externalMac: mac };
export const gateway: WorldGatewayPort = {
  external: 'ext',
  members: [
    ['a', 2],
    ['b', 1],
  ],
};

/** What is different from the network that is as it should be. */
export type Parts = {
  readonly gateway?: Partial<WorldGatewayPort>;
  readonly nat?: readonly WorldNat[];
  readonly world?: Partial<OvnWorld>;
  readonly router?: Partial<OvnWorld['routers'][number]>;
};

/** Two gateways with a witness, and a floating IP: nothing to find fault with. */
export function worldOf({ gateway: port, nat = [central], world, router }: Parts): OvnWorld {
  return {
    nodes: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
    externals: [{ name: 'ext' }],
    routers: [
      {
        name: 'vpc1',
        gatewayPorts: [{ ...gateway, ...port }],
        subnets: [
          {
            name: 's1',
            pods: [
              { name: 'web', node: 'c', ips: ['192.168.0.4'] },
              { name: 'db', node: 'a', ips: ['192.168.0.5'] },
            ],
          },
        ],
        nat,
        ...router,
      },
    ],
    ...world,
  };
}

/** What is found in it. */
export function audit(parts: Parts, more: Partial<AuditInput> = {}): readonly Finding[] {
  const { nb, sb } = ovnWorld(worldOf(parts));
  const given = { nb, sb, ...more };
  const fabric = fabricOf(given.nb, given.sb);
  return auditOf({ ...given, fabric, flows: flowsOf(given.nb, fabric) });
}

/** The codes of what is found in it. */
export const codes = (parts: Parts, more?: Partial<AuditInput>) => audit(parts, more).map(({ code }) => code);
