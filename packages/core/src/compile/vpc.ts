import type { VpcIntent } from '../intent/intent.ts';
import { compileAttachment } from './attachment.ts';
import { compileBfd } from './bfd.ts';
import { compileFloatingIp } from './floating-ip.ts';
import { compilePortForward } from './load-balancer.ts';
import { compilePolicy } from './policy.ts';
import { compileRoute } from './route.ts';
import type { DesiredRow } from './row.ts';
import { mapOf, rowOf } from './row-of.ts';
import { compileSourceNat } from './source-nat.ts';
import { compileSubnet } from './subnet.ts';

/** Everything of one VPC. `externalSwitches` are the switches of external subnets, by name. */
export function compileVpc(
  vpc: VpcIntent,
  externalSwitches: ReadonlyMap<string, DesiredRow>,
): readonly DesiredRow[] {
  const unit = `vpc/${vpc.name}`;
  const router = rowOf('Logical_Router', {
    unit,
    cause: vpc.ref,
    columns: { name: vpc.name, options: routerOptions(vpc.attachments.length > 0), external_ids: mapOf({}) },
  });
  const attached = vpc.attachments.flatMap((attachment) => {
    const externalSwitch = externalSwitches.get(attachment.subnet);
    return externalSwitch ? compileAttachment(attachment, vpc, router, externalSwitch, unit) : [];
  });
  // With one gateway port OVN needs no word about which one a NAT is on (ovn-nb(5), NAT gateway_port).
  const portOf = (subnet: string): DesiredRow | undefined =>
    vpc.attachments.length < 2
      ? undefined
      : attached.find(
          ({ table, key }) => table === 'Logical_Router_Port' && key[0] === `${vpc.name}-${subnet}`,
        );
  return [
    router,
    ...vpc.subnets.flatMap((subnet) => compileSubnet(subnet, vpc, router, unit)),
    ...attached,
    ...vpc.bfdSessions.map((session) => compileBfd(session, vpc, unit)),
    ...vpc.routes.map((route) => compileRoute(route, vpc, router, unit)),
    ...vpc.policies.map((policy) => compilePolicy(policy, vpc, router, unit)),
    ...vpc.floatingIps.flatMap((fip) => compileFloatingIp(fip, vpc, router, portOf(fip.subnet), unit)),
    ...vpc.sourceNats.flatMap((rule) => compileSourceNat(rule, router, portOf(rule.subnet), unit)),
    ...vpc.portForwards.map((rule) => compilePortForward(rule, router, unit)),
  ];
}

/**
 * With announced NAT addresses every router on the external network would learn every floating IP; these two options
 * keep MAC_Binding from growing by routers × floating IPs (ovn-nb(5), Logical_Router options).
 */
function routerOptions(external: boolean): ReadonlyMap<string, string> {
  return mapOf({
    mac_binding_age_threshold: '300',
    ...(external && { always_learn_from_arp_request: 'false', dynamic_neigh_routers: 'true' }),
  });
}
