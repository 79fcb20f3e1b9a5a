import { formatRef, refOf, type Vlan } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { bySeniority, type Lookup } from './lookup.ts';

/** The other Vlans that stand for the same tagged frames: of one provider network and with one id. */
export function rivalsOf(vlan: Vlan, { Vlan: all }: Pick<Lookup, 'Vlan'>): readonly Vlan[] {
  const { id = 0, provider } = vlan.spec;
  if (id === 0) return [];
  return [...all.values()].filter(
    ({ spec, metadata }) =>
      metadata.name !== vlan.metadata.name && spec.provider === provider && spec.id === id,
  );
}

/** A finding on every Vlan but the first of those that stand for the same frames. */
export function sharedVlans(lookup: Lookup): readonly Finding[] {
  return [...lookup.Vlan.values()].flatMap((vlan) => {
    const [first] = [...rivalsOf(vlan, lookup)].sort(bySeniority);
    if (!first || bySeniority(vlan, first) < 0) return [];
    return finding('vlan-shared', {
      object: refOf(vlan),
      field: 'spec.id',
      message: `VLAN ${vlan.spec.id} of provider-network/${vlan.spec.provider} is ${formatRef(refOf(first))} already`,
      cure: `use ${formatRef(refOf(first))}, or another id`,
      related: [refOf(first)],
    });
  });
}
