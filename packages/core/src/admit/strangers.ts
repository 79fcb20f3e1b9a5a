import type { IP, OvnSnatRule, Resource, ResourceSet } from '@berth/api';
import { contains } from '@berth/net';
import { grantOf } from '../intent/object/eip-grant.ts';
import { sourceNetwork } from '../intent/object/source-overlap.ts';
import { storedIps } from '../intent/object/stored-ips.ts';

/** The IPs of namespaces that an EIP is not granted to, where rules translate sources to it. */
export function strangersOf(near: readonly Resource[], { IP: ips }: ResourceSet): readonly IP[] {
  const grants = new Map(
    near.flatMap((each) => (each.kind === 'OvnEip' ? [[each.metadata.name, grantOf(each)] as const] : [])),
  );
  const rules = near.flatMap((each) => {
    const granted = each.kind === 'OvnSnatRule' ? grants.get(each.spec.ovnEip) : undefined;
    return each.kind === 'OvnSnatRule' && granted ? [{ spec: each.spec, granted }] : [];
  });
  if (rules.length === 0) return [];
  return ips.filter((ip) => {
    const { namespace = '', subnet } = ip.spec;
    const isSource = ({ v4IpCidr, v6IpCidr, vpcSubnet }: OvnSnatRule['spec']): boolean =>
      v4IpCidr || v6IpCidr ? [v4IpCidr, v6IpCidr].some((text) => hasOneIn(ip, text)) : vpcSubnet === subnet;
    return rules.some(({ spec, granted }) => !granted.includes(namespace) && isSource(spec));
  });
}

function hasOneIn(ip: IP, text: string | undefined): boolean {
  const cidr = sourceNetwork(text ?? '');
  return cidr !== undefined && storedIps(ip).some((each) => contains(cidr, each));
}
