import { keepAnnotation, keepOf, refOf } from '@berth/api';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { keepField } from './placement.ts';
import type { Survey } from './surveyed.ts';

/** Objects whose annotation says nothing that can be kept: they are programmed as their fields say. */
export function unreadableKeeps({ lookup }: Pick<Survey, 'lookup'>): readonly Finding[] {
  return [...lookup.OvnFip.values(), ...lookup.Vpc.values(), ...lookup.Subnet.values()]
    .filter((object) => keepOf(object) === 'unreadable')
    .map((object) =>
      finding('keep-unreadable', {
        object: refOf(object),
        field: keepField,
        message: `the annotation ${keepAnnotation} does not say what is to be kept, so nothing is`,
        cure: 'write it as berth adopt did, or remove it',
      }),
    );
}
