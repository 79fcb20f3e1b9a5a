import type { Severity } from './severity.ts';

/**
 * Every finding there is. A code is permanent and has a page in `docs/findings/`; condition reasons are the same
 * codes in CamelCase. The title says in a few words what the code stands for, whatever the object.
 */
export const catalogue = {
  'address-invalid': { severity: 'error', title: 'an address is not usable where it is asked for' },
  'address-outside-subnet': { severity: 'error', title: 'an address does not belong to its subnet' },
  'address-taken': { severity: 'error', title: 'two objects ask for one address' },
  'bad-value': { severity: 'error', title: 'a field has a value that is not allowed' },
  'bfd-idle': { severity: 'warning', title: 'BFD is asked for where there is nothing to watch' },
  'cannot-distribute': { severity: 'warning', title: 'a floating IP cannot be distributed' },
  'cidr-overlap': { severity: 'error', title: 'two subnets overlap' },
  'config-invalid': { severity: 'error', title: 'a value of the gateway ConfigMap cannot be used' },
  'dnat-several-gateways': { severity: 'error', title: 'port forwarding on a router with two gateway ports' },
  'duplicate-object': { severity: 'error', title: 'an object is defined twice' },
  'ecmp-asymmetric': {
    severity: 'warning',
    title: 'replies do not leave by the next hop that the request came from',
  },
  'ecmp-idle': { severity: 'warning', title: 'a subnet cannot leave by several next hops' },
  'eip-other-vpc': { severity: 'error', title: 'an EIP is used from two VPCs' },
  'eip-unusable': { severity: 'error', title: 'an EIP of this type cannot carry this rule' },
  'external-idle': { severity: 'warning', title: 'external subnets are named that a VPC does not attach to' },
  'family-mismatch': { severity: 'error', title: 'the EIP and its target share no address family' },
  'fip-duplicate': { severity: 'error', title: 'a second floating IP on one EIP' },
  'gateway-without-chassis': { severity: 'warning', title: 'a gateway node is not part of the OVN' },
  'in-use': { severity: 'info', title: 'an object waits to be deleted because others use it' },
  'last-good-used': { severity: 'info', title: 'the last good version of an object stays in effect' },
  'missing-field': { severity: 'error', title: 'a required field is missing' },
  'nic-in-use': { severity: 'error', title: 'a NIC belongs to something else already' },
  'nic-missing': { severity: 'error', title: 'a node does not have the NIC of the provider network' },
  'nic-refused': { severity: 'error', title: 'a NIC carries the default route of its node' },
  'no-bridge-mapping': { severity: 'warning', title: 'a node has no bridge for the external network' },
  'no-gateway': { severity: 'error', title: 'a VPC has no node to leave through' },
  'no-route': { severity: 'warning', title: 'a VPC has several ways out and no default one' },
  'no-subnet': { severity: 'error', title: 'a pod belongs to no subnet' },
  'not-attached': { severity: 'error', title: 'the VPC of a rule is not attached to the subnet of its EIP' },
  'not-external': { severity: 'error', title: 'a subnet is not external' },
  'not-offered': { severity: 'error', title: 'the connected OVN is too old for something' },
  'not-supported': { severity: 'warning', title: 'a field asks for something that Berth does not do' },
  'pod-unplaceable': { severity: 'error', title: 'no node fits a pod' },
  'policy-ambiguous': { severity: 'error', title: 'routing policies that contradict each other' },
  'pool-full': { severity: 'error', title: 'a subnet has no free address' },
  'port-taken': { severity: 'error', title: 'two rules forward one port' },
  'reference-not-found': { severity: 'error', title: 'an object refers to one that does not exist' },
  'route-hides-subnet': { severity: 'warning', title: 'a route by source hides a subnet of its VPC' },
  'route-nowhere': { severity: 'error', title: 'a next hop is on no network of the VPC' },
  'row-clash': { severity: 'error', title: 'a row that someone else made stands in the way' },
  'snat-overlap': { severity: 'error', title: 'two rules translate one source' },
  'state-foreign': { severity: 'error', title: 'the state holds something that is not ours' },
  'target-outside-vpc': { severity: 'error', title: 'a rule leads to something that is in no VPC' },
  'transaction-refused': { severity: 'error', title: 'the database refused a change' },
  'unknown-field': { severity: 'error', title: 'a field does not exist' },
  'unknown-kind': { severity: 'error', title: 'a kind does not exist' },
  'unreadable-file': { severity: 'error', title: 'a file cannot be read' },
  'vlan-shared': { severity: 'warning', title: 'two Vlans stand for the same frames' },
  'vpc-mismatch': { severity: 'error', title: 'a rule names another VPC than its target has' },
  'wrong-type': { severity: 'error', title: 'a field has a value of the wrong type' },
  'yaml-syntax': { severity: 'error', title: 'a file is not YAML' },
} as const satisfies Record<string, { severity: Severity; title: string }>;

/** The permanent name of a kind of finding. */
export type FindingCode = keyof typeof catalogue;

/** Reason of a condition: the code in CamelCase, `no-gateway` → `NoGateway` (API conventions, "Typical status properties"). */
export function reasonOf(code: FindingCode): string {
  return code.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
