import { z } from 'zod';
import { dualIpText, ipText, macText } from '../field/address.ts';
import { metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const specSchema = z.strictObject({
  podName: z.string().optional(),
  namespace: z.string().optional(),
  subnet: z.string().optional(),
  attachSubnets: z.array(z.string()).optional(),
  nodeName: z.string().optional(),
  /** All addresses, with a comma between. */
  ipAddress: dualIpText().optional(),
  v4IpAddress: ipText('IPv4').optional(),
  v6IpAddress: ipText('IPv6').optional(),
  attachIps: z.array(z.string()).optional(),
  macAddress: macText().optional(),
  attachMacs: z.array(z.string()).optional(),
  containerID: z.string().optional(),
  /** Empty, `StatefulSet` or `VirtualMachine`: whose address outlives the pod. */
  podType: z.string().optional(),
});

/** The address of a workload. Its name is the name of the logical switch port: `<pod>.<namespace>[.<provider>]`. */
export const ipSchema = z.strictObject({
  apiVersion: z.literal('kubeovn.io/v1'),
  kind: z.literal('IP'),
  metadata: metadataSchema,
  spec: specSchema,
});

/** The address of a workload. Its name is the name of the logical switch port: `<pod>.<namespace>[.<provider>]`. */
export type IP = DeepReadonly<z.infer<typeof ipSchema>>;
