import type { ResourceSet } from '@berth/api';
import { type Fabric, gatewayClaim } from '../fabric/fabric.ts';
import type { GatewayIntent } from './intent.ts';
import { intentOf } from './intent-of.ts';
import { routerPortName } from './object/router-port-name.ts';
import type { Settings } from './settings.ts';

/** A router port whose gateway is not the one that an even spread gives it. */
export type Uneven = {
  readonly vpc: string;
  readonly subnet: string;
  /** The chassis that serves, or that NB prefers where none does. */
  readonly from: string;
  readonly to: GatewayIntent;
};

/**
 * The router ports that `rebalance` would move, in the order of VPCs and subnets: those whose gateway is not the one they
 * would have if nobody served yet. Each is moved by the annotation `berth.dev/rebalance` on its Vpc, or `rebalance` of the
 * settings, until it is no longer among them.
 */
export function unevenGateways(
  resources: ResourceSet,
  fabric: Fabric,
  settings: Settings,
): readonly Uneven[] {
  const unclaimed = { ...fabric, claims: new Map(), gateways: new Map(), heldClaims: new Map() };
  const { intent } = intentOf(resources, unclaimed, settings);
  return intent.vpcs.flatMap(({ name: vpc, attachments }) =>
    attachments.flatMap(({ subnet, gateways: [to] }) => {
      const port = routerPortName(vpc, subnet);
      const from = gatewayClaim(fabric, port) ?? fabric.gateways.get(port)?.[0]?.chassis;
      return to && from !== undefined && from !== to.chassis ? [{ vpc, subnet, from, to }] : [];
    }),
  );
}
