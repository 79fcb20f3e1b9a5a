import { isKindName, kindOfWord } from '@berth/api';
import type { ObjectRef } from './finding.ts';

/** Reads an object as `formatRef` writes it: `ovn-fip/web`, `pod/default/web`; undefined for anything else. */
export function parseRef(text: string): ObjectRef | undefined {
  const [word = '', first = '', second] = text.split('/');
  const kind = isKindName(word) ? word : kindOfWord(word);
  if (kind === undefined) return undefined;
  return second === undefined ? { kind, name: first } : { kind, namespace: first, name: second };
}
