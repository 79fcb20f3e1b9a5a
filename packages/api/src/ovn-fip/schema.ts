import { z } from 'zod';
import { ipText } from '../field/address.ts';
import { crossCheck, type FieldFault } from '../field/cross-check.ts';
import { conditionSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const specSchema = z.strictObject({
  /** Name of the OvnEip. */
  ovnEip: z.string(),
  /** What `ipName` names: an IP (default) or a Vip. */
  ipType: z.enum(['ip', 'vip']).optional(),
  /** Name of the IP (`<pod>.<namespace>`) or Vip that gets the address. */
  ipName: z.string().optional(),
  /** Instead of `ipName`: an address in this Vpc. */
  vpc: z.string().optional(),
  v4Ip: ipText('IPv4').optional(),
  v6Ip: ipText('IPv6').optional(),
  /** Where the address is answered; default by policy. */
  type: z.enum(['distributed', 'centralized']).optional(),
});

const statusSchema = z.object({
  conditions: z.array(conditionSchema).optional(),
  ready: z.boolean().optional(),
  vpc: z.string().optional(),
  v4Eip: z.string().optional(),
  v6Eip: z.string().optional(),
  v4Ip: z.string().optional(),
  v6Ip: z.string().optional(),
  macAddress: z.string().optional(),
  /** Where its NAT runs by design: `distributed`, `centralized` or `gateway-local`. */
  placement: z.string().optional(),
  /** The node that answers for it now; absent while none is known to. */
  berth: z.string().optional(),
});

/** A floating IP: one public address for one workload, both ways. */
export const ovnFipSchema = z.strictObject({
  apiVersion: z.literal('kubeovn.io/v1'),
  kind: z.literal('OvnFip'),
  metadata: metadataSchema,
  spec: crossCheck(specSchema, checkTarget),
  status: statusSchema.optional(),
});

/** A floating IP: one public address for one workload, both ways. */
export type OvnFip = DeepReadonly<z.infer<typeof ovnFipSchema>>;

function checkTarget(spec: z.infer<typeof specSchema>): readonly FieldFault[] {
  const { ipName, v4Ip, v6Ip, vpc } = spec ?? {};
  if (ipName !== undefined) return [];
  if (v4Ip === undefined && v6Ip === undefined) {
    return [
      {
        path: ['ipName'],
        missing: true,
        message: 'the floating IP has no target',
        cure: 'set ipName to the name of an IP (<pod>.<namespace>), or vpc together with v4Ip or v6Ip',
      },
    ];
  }
  if (vpc !== undefined) return [];
  return [
    {
      path: ['vpc'],
      missing: true,
      message: 'a target given by address needs the Vpc it is in',
      cure: 'set vpc to the name of a Vpc',
    },
  ];
}
