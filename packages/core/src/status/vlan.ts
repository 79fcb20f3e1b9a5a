import { refOf, type Vlan } from '@berth/api';
import { bySeniority } from '../intent/object/lookup.ts';
import { rivalsOf } from '../intent/object/vlan.ts';
import { conditionsOf } from './condition.ts';
import { errorOf, programmed } from './verdict.ts';
import type { View } from './view.ts';

/** What a VLAN shows: its subnets, and whether another Vlan stands for the same frames. */
export function vlanStatus(vlan: Vlan, view: View): NonNullable<Vlan['status']> {
  const { lookup, findings } = view;
  const { metadata, spec } = vlan;
  const id = spec.id ?? 0;
  const rivals = rivalsOf(vlan, lookup);
  const tag = id === 0 ? 'untagged' : `VLAN ${id}`;
  // Those that came later have a finding, which says the same.
  const later = rivals.filter((other) => bySeniority(vlan, other) < 0);
  const shared = later.map((other) => `vlan/${other.metadata.name}`).join(', ');
  const what = `${tag} on provider-network/${spec.provider}${shared === '' ? '' : `, as is ${shared}`}`;
  return {
    ...vlan.status,
    subnets: [...lookup.Subnet.values()]
      .filter((subnet) => subnet.spec.vlan === metadata.name)
      .map((subnet) => subnet.metadata.name),
    conflict: rivals.length > 0,
    conditions: conditionsOf(vlan, errorOf(refOf(vlan), findings) ?? programmed(what), view),
  };
}
