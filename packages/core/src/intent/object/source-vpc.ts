import type { OvnSnatRule } from '@berth/api';
import type { Lookup } from './lookup.ts';
import type { SurveyedSubnet } from './subnet.ts';

/** The VPC that the source of an SNAT rule is in: the one it names, else that of its subnet, else that of its workload; undefined while that cannot be told. */
export function sourceVpcOf(
  { vpc, vpcSubnet, ipName }: OvnSnatRule['spec'],
  { IP }: Pick<Lookup, 'IP'>,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
): string | undefined {
  if (vpc) return vpc;
  return subnets.get(vpcSubnet || (IP.get(ipName ?? '')?.spec.subnet ?? ''))?.vpc;
}
