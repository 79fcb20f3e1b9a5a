/** The name of a VPC's router port on a subnet, as NB has it, and of the OvnEip of one on an external subnet. */
export function routerPortName(vpc: string, subnet: string): string {
  return `${vpc}-${subnet}`;
}
