import { z } from 'zod';
import { cidrOrIpText } from '../field/address.ts';
import { crossCheck, type FieldFault } from '../field/cross-check.ts';
import { missingVpc } from '../field/target.ts';
import { conditionsSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const specSchema = z.strictObject({
  ovnEip: z
    .string()
    .describe('Name of the OvnEip whose address the traffic gets; that of a router port may be shared.'),
  vpcSubnet: z
    .string()
    .describe('Name of the Subnet whose traffic is meant, all its networks. The Vpc is that of the Subnet.')
    .optional(),
  ipName: z
    .string()
    .describe('Name of the IP (<pod>.<namespace>) whose traffic is meant. The Vpc is that of the IP.')
    .optional(),
  vpc: z.string().describe('Name of the Vpc that v4IpCidr and v6IpCidr are in.').optional(),
  v4IpCidr: cidrOrIpText('IPv4')
    .describe('The inner IPv4 network or address; comes before vpcSubnet, which comes before ipName.')
    .optional(),
  v6IpCidr: cidrOrIpText('IPv6').describe('The inner IPv6 network or address.').optional(),
});

const statusSchema = z.object({
  conditions: conditionsSchema.optional(),
  ready: z.boolean().describe('Whether the rule works; as the condition Ready.').optional(),
  vpc: z.string().describe('Name of the Vpc of the traffic.').optional(),
  v4Eip: z.string().describe('The public IPv4 address.').optional(),
  v6Eip: z.string().describe('The public IPv6 address.').optional(),
  v4IpCidr: z.string().describe('The inner IPv4 network or address.').optional(),
  v6IpCidr: z.string().describe('The inner IPv6 network or address.').optional(),
  berth: z
    .string()
    .describe('Name of the node the traffic leaves through now; empty while none is known to.')
    .optional(),
});

/** How an OvnSnatRule is read. */
export const ovnSnatRuleSchema = z
  .strictObject({
    apiVersion: z.literal('kubeovn.io/v1'),
    kind: z.literal('OvnSnatRule'),
    metadata: metadataSchema,
    spec: crossCheck(specSchema, checkSource).describe('What is wanted.'),
    status: statusSchema.describe('What there is.').optional(),
  })
  .describe('One public source address for the traffic of a subnet, a network or one workload.');

/** One public source address for the traffic of a subnet, a network or one workload. */
export type OvnSnatRule = DeepReadonly<z.infer<typeof ovnSnatRuleSchema>>;

function checkSource(spec: z.infer<typeof specSchema>): readonly FieldFault[] {
  const { vpcSubnet, ipName, vpc, v4IpCidr, v6IpCidr } = spec ?? {};
  const byAddress = v4IpCidr !== undefined || v6IpCidr !== undefined;
  if (vpcSubnet !== undefined && ipName !== undefined) {
    return [
      {
        path: ['ipName'],
        message: 'vpcSubnet and ipName are both set',
        cure: 'remove one of them; vpcSubnet means the whole subnet, ipName one workload',
      },
    ];
  }
  if (vpc !== undefined && !byAddress) return [missingCidr];
  if (vpcSubnet !== undefined || ipName !== undefined) return [];
  if (byAddress) return vpc === undefined ? [missingVpc] : [];
  return [missingSource];
}

const missingCidr: FieldFault = {
  path: ['v4IpCidr'],
  missing: true,
  message: 'a Vpc alone does not say which traffic is meant',
  cure: 'set v4IpCidr or v6IpCidr, or remove vpc where vpcSubnet or ipName is set',
};

const missingSource: FieldFault = {
  path: ['vpcSubnet'],
  missing: true,
  message: 'the rule does not say which traffic is meant',
  cure: 'set vpcSubnet, ipName, or vpc together with v4IpCidr or v6IpCidr',
};
