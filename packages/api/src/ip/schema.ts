import { z } from 'zod';
import { dualIpText, ipText, macText } from '../field/address.ts';
import { metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const specSchema = z.strictObject({
  podName: z.string().describe('Name of the pod, or of the virtual machine.').optional(),
  namespace: z.string().describe('Namespace of the pod.').optional(),
  subnet: z.string().describe('Name of the Subnet the address is of.').optional(),
  attachSubnets: z.array(z.string()).describe('Names of more Subnets.').optional(),
  nodeName: z.string().describe('Name of the node the pod is on.').optional(),
  ipAddress: dualIpText().describe('The address, or both with a comma between.').optional(),
  v4IpAddress: ipText('IPv4').describe('The IPv4 address.').optional(),
  v6IpAddress: ipText('IPv6').describe('The IPv6 address.').optional(),
  attachIps: z.array(z.string()).describe('Addresses of attachSubnets.').optional(),
  macAddress: macText().describe('The MAC address.').optional(),
  attachMacs: z.array(z.string()).describe('MAC addresses of attachIps.').optional(),
  containerID: z.string().describe('The container that has the address.').optional(),
  podType: z
    .string()
    .describe('StatefulSet or VirtualMachine for an address that outlives the pod; else empty.')
    .optional(),
});

/** How an IP is read. Its CRD has no status. */
export const ipSchema = z
  .strictObject({
    apiVersion: z.literal('kubeovn.io/v1'),
    kind: z.literal('IP'),
    metadata: metadataSchema,
    spec: specSchema.describe('The address and who has it.'),
  })
  .describe(
    'The address of a workload. Its name is the name of the logical switch port: <pod>.<namespace>[.<provider>].',
  );

/** The address of a workload. Its name is the name of the logical switch port: <pod>.<namespace>[.<provider>]. */
export type IP = DeepReadonly<z.infer<typeof ipSchema>>;
