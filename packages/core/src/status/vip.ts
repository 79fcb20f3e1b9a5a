import { formatRef, refOf, type Vip } from '@berth/api';
import { vipAddresses } from '../intent/object/vip.ts';
import { conditionsOf } from './condition.ts';
import { errorBehind, errorOf, pending, programmed, type Verdict } from './verdict.ts';
import type { View } from './view.ts';

/** What a Vip shows. The addresses are there already. */
export function vipStatus(vip: Vip, view: View): NonNullable<Vip['status']> {
  return {
    ...vip.status,
    type: vip.spec.type ?? '',
    conditions: conditionsOf(vip, verdictOf(vip, view), view),
  };
}

function verdictOf(vip: Vip, { findings }: View): Verdict {
  const subnet = { kind: 'Subnet', name: vip.spec.subnet };
  const error = errorOf(refOf(vip), findings);
  if (error) return error;
  const addresses = vipAddresses(vip);
  if (addresses.length > 0) return programmed(`${addresses.join(' and ')} of ${formatRef(subnet)}`);
  return errorBehind([subnet], findings) ?? pending(`waits for an address of ${formatRef(subnet)}`);
}
