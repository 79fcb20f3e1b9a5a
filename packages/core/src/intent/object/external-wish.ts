import { defaultVpc, refOf, type Vpc } from '@berth/api';
import { type Origin, origin } from '../../finding/origin.ts';
import { configField, type GatewayConfig } from './gateway-config.ts';
import type { Lookup } from './lookup.ts';

/** An external subnet that a VPC is to be attached to, and what says so. */
export type ExternalWish = { readonly subnet: string; readonly origin: Origin };

/**
 * The external subnets a VPC is to be attached to: those of `spec.extraExternalSubnets`, else the installation's default one;
 * nothing unless `spec.enableExternal` is set or, for the default VPC, the ConfigMap sets up the gateway.
 */
export function externalWishes(
  vpc: Vpc,
  config: GatewayConfig | undefined,
  defaultSubnet: string,
): readonly ExternalWish[] {
  const byConfig = vpc.metadata.name === defaultVpc && config?.enabled === true ? config : undefined;
  if (!vpc.spec.enableExternal && !byConfig) return [];
  const extra = vpc.spec.extraExternalSubnets ?? [];
  if (extra.length > 0) {
    return [...new Set(extra)].map((subnet, index) => ({
      subnet,
      origin: origin(refOf(vpc), `spec.extraExternalSubnets[${index}]`),
    }));
  }
  const from = byConfig
    ? origin(byConfig.ref, configField('enabled'))
    : origin(refOf(vpc), 'spec.enableExternal');
  return [{ subnet: defaultSubnet, origin: from }];
}

/** Whether the default VPC exists without anybody having written it: the ConfigMap or a subnet wants it. */
export function wantsDefaultVpc(
  { Subnet }: Pick<Lookup, 'Subnet'>,
  config: GatewayConfig | undefined,
): boolean {
  if (config?.enabled) return true;
  return [...Subnet.values()].some(({ spec }) => !spec.vlan && (spec.vpc || defaultVpc) === defaultVpc);
}
