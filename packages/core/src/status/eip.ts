import { formatRef, type OvnEip, refOf } from '@berth/api';
import { conditionsOf } from './condition.ts';
import { errorBehind, errorOf, pending, programmed, type Verdict } from './verdict.ts';
import type { View } from './view.ts';

/** The rule kinds that `status.nat` can name, in Kube-OVN's order. */
const ruleKinds = ['dnat', 'fip', 'snat'] as const;

/** What a public address shows: what it is and which kinds of rules use it. The addresses are there already. */
export function eipStatus(eip: OvnEip, view: View): NonNullable<OvnEip['status']> {
  const verdict = verdictOf(eip, view);
  const users = { dnat: false, fip: usersOf(eip, view).length > 0, snat: false };
  const nat = ruleKinds.filter((kind) => users[kind]).join(',');
  return {
    ...eip.status,
    ready: verdict.ready,
    type: eip.spec.type || 'nat',
    nat: nat === '' ? undefined : nat,
    conditions: conditionsOf(eip, verdict, view),
  };
}

function verdictOf(eip: OvnEip, view: View): Verdict {
  const subnet = { kind: 'Subnet', name: eip.spec.externalSubnet || view.defaultExternalSubnet };
  const addresses = [eip.status?.v4Ip, eip.status?.v6Ip].filter((text) => text !== undefined && text !== '');
  const error = errorOf(refOf(eip), view.findings);
  if (error) return error;
  if (addresses.length === 0) {
    return errorBehind([subnet], view.findings) ?? pending(`waits for an address of ${formatRef(subnet)}`);
  }
  return programmed(`${addresses.join(' and ')} ${useOf(eip, view)}`);
}

function useOf(eip: OvnEip, view: View): string {
  const port = view.attachments.get(eip.metadata.name);
  if (port) return `is the address of ${formatRef(port.vpc.ref)} on subnet/${port.attachment.subnet}`;
  const users = usersOf(eip, view);
  return users.length === 0 ? 'is not used' : `serves ${users.join(', ')}`;
}

function usersOf({ metadata }: OvnEip, { floatingIpsOfEip }: View): readonly string[] {
  return (floatingIpsOfEip.get(metadata.name) ?? []).map(({ ref }) => formatRef(ref));
}
