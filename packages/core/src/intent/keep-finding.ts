import {
  formatRef,
  keepAnnotation,
  keepExamples,
  keepOf,
  type OvnFip,
  refOf,
  type Subnet,
  type Vpc,
} from '@berth/api';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { gathered, perItem } from '../memo/per-item.ts';
import { listOf } from './lookup.ts';
import { keepField } from './placement.ts';
import type { Survey } from './surveyed.ts';

/** Objects whose annotation says nothing that can be kept: they are programmed as their fields say, and work so. */
export function unreadableKeeps({ asker, lookup }: Pick<Survey, 'asker' | 'lookup'>): readonly Finding[] {
  return [
    ...gathered(ofFips(asker, listOf(lookup.OvnFip), {})),
    ...[...lookup.Vpc.values(), ...lookup.Subnet.values()].flatMap(unreadable),
  ];
}

function unreadable(object: OvnFip | Vpc | Subnet): readonly Finding[] {
  const found = keepOf(object);
  if (!found || !('fault' in found)) return [];
  const name = formatRef(refOf(object));
  return [
    finding('keep-unreadable', {
      object: refOf(object),
      field: keepField,
      message: `the annotation ${keepAnnotation} of ${name} cannot be read (${found.fault}), so nothing is kept and ${name} is as its fields say`,
      cure: `write it as ${keepExamples[object.kind]}, or remove it`,
    }),
  ];
}

const ofFips = perItem((fip: OvnFip) => unreadable(fip));
