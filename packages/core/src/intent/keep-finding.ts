import { formatRef, keepAnnotation, keepExamples, keepOf, refOf } from '@berth/api';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { keepField } from './placement.ts';
import type { Survey } from './surveyed.ts';

/** Objects whose annotation says nothing that can be kept: they are programmed as their fields say, and work so. */
export function unreadableKeeps({ lookup }: Pick<Survey, 'lookup'>): readonly Finding[] {
  const keeping = [...lookup.OvnFip.values(), ...lookup.Vpc.values(), ...lookup.Subnet.values()];
  return keeping.flatMap((object) => {
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
  });
}
