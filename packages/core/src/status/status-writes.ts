import { defaultExternalSubnet, type Resource, refKey, refOf } from '@berth/api';
import { isTerminating } from '../intent/lookup.ts';
import { same } from '../intent/same.ts';
import type { ResourceWrite } from '../intent/write.ts';
import { areSame } from '../memo/per-object.ts';
import { eipBasis, eipStatus } from './eip.ts';
import { floatingIpBasis, floatingIpStatus } from './floating-ip.ts';
import { gatewayPolicyStatus } from './gateway-policy.ts';
import { notedEip, notedRule } from './note.ts';
import { portForwardStatus } from './port-forward.ts';
import { providerNetworkStatus } from './provider-network.ts';
import { sourceNatStatus } from './source-nat.ts';
import { subnetStatus } from './subnet.ts';
import type { FindingsByObject } from './verdict.ts';
import { type StatusInput, type View, viewOf } from './view.ts';
import { vipStatus } from './vip.ts';
import { vlanStatus } from './vlan.ts';
import { vpcStatus } from './vpc.ts';

/**
 * The status every object should show, for those whose status changes: stored, a second call gives none. The condition
 * Ready says whether the object does what it should now, and `status.ready` follows it, also back to false.
 */
export function statusWrites(input: StatusInput): readonly ResourceWrite[] {
  const view = viewOf({ defaultExternalSubnet, ...input });
  const { ProviderNetwork, Vlan, Vpc, Subnet, Vip, OvnEip, OvnFip, OvnSnatRule, OvnDnatRule, GatewayPolicy } =
    view.lookup;
  return [
    ...changes(ProviderNetwork, view, (each) => ({ ...each, status: providerNetworkStatus(each, view) })),
    ...changes(Vlan, view, (each) => ({ ...each, status: vlanStatus(each, view) })),
    ...changes(Vpc, view, (each) => ({ ...each, status: vpcStatus(each, view) })),
    ...changes(Subnet, view, (each) => ({ ...each, status: subnetStatus(each, view) })),
    ...changes(Vip, view, (each) => ({ ...each, status: vipStatus(each, view) })),
    ...changes(OvnEip, view, (each) => notedEip({ ...each, status: eipStatus(each, view) }, view), eipBasis),
    ...changes(
      OvnFip,
      view,
      (each) => notedRule({ ...each, status: floatingIpStatus(each, view) }),
      floatingIpBasis,
    ),
    ...changes(OvnSnatRule, view, (each) => notedRule({ ...each, status: sourceNatStatus(each, view) })),
    ...changes(GatewayPolicy, view, (each) => ({ ...each, status: gatewayPolicyStatus(each, view) })),
    ...changes(OvnDnatRule, view, (each) => notedRule({ ...each, status: portForwardStatus(each, view) })),
  ];
}

/**
 * What the status of an object goes by beside the object itself, each part to be told from others by identity; undefined where that is
 * more than can be said in a few.
 */
type Basis = Readonly<Record<string, unknown>>;

function changes<T extends Resource>(
  objects: ReadonlyMap<string, T>,
  view: View,
  withStatus: (object: T) => T,
  basisOf: (object: T, view: View) => Basis | undefined = () => undefined,
): readonly ResourceWrite[] {
  const writes: ResourceWrite[] = [];
  for (const object of objects.values()) {
    if (isReleased(object, view.findings)) continue;
    const basis = basisOf(object, view);
    const known = basis && settled.get(object);
    if (known && areSame(known, basis)) continue;
    const after = withStatus(object);
    if (!same(object, after)) writes.push({ verb: 'upsert', object: after });
    else if (basis) settled.set(object, basis);
  }
  return writes;
}

/** Objects that show what they should, and what that went by. */
const settled = new WeakMap<Resource, Basis>();

/** An object that is being deleted and that nobody uses: it is let go, and gets no status any more. */
function isReleased(object: Resource, findings: FindingsByObject): boolean {
  if (!isTerminating(object)) return false;
  const known = findings.get(refKey(refOf(object))) ?? [];
  return !known.some(({ code }) => code === 'in-use');
}
