import { changeKey } from '@berth/api';

/** When a row changed last, told by NB_Global `nb_cfg`: with `number`, or after it and before the next one. */
export type RowChange = { readonly number: number; readonly isAfter: boolean };

/** What `external_ids` says of the last change of a row; undefined where Berth did not write it, or an older one did. */
export function rowChangeOf(ids: ReadonlyMap<unknown, unknown>): RowChange | undefined {
  const text = ids.get(changeKey);
  return typeof text === 'string' ? readRowChange(text) : undefined;
}

/** The inverse of {@link rowChangeText}; undefined for anything else. */
export function readRowChange(text: string): RowChange | undefined {
  const [, after, number] = /^(>?)(\d{1,15})$/.exec(text) ?? [];
  return number === undefined ? undefined : { number: Number(number), isAfter: after === '>' };
}

/** The same as `external_ids` has it. */
export function rowChangeText({ number, isAfter }: RowChange): string {
  return `${isAfter ? '>' : ''}${number}`;
}

/** Whether a chassis that has carried out `done` has a row; undefined where that cannot be told. */
export function hasCarriedOut(done: number, { number, isAfter }: RowChange): boolean | undefined {
  if (!isAfter) return done >= number;
  return done === number ? undefined : done > number;
}
