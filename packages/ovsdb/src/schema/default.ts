import { zeroUuid } from '../value/uuid.ts';
import type { Atom, Value } from '../value/value.ts';
import type { BaseType, ColumnType } from './column-type.ts';

const emptySet: ReadonlySet<Atom> = new Set();
const emptyMap: ReadonlyMap<Atom, Atom> = new Map();

/** What a column holds when an insert does not mention it (RFC 7047 section 5.2.1). Empty sets and maps are one shared value each. */
export function defaultOf(type: ColumnType): Value {
  switch (type.kind) {
    case 'atom':
      return defaultAtomOf(type.key);
    case 'optional':
      return undefined;
    case 'set':
      return type.min === 0 ? emptySet : new Set([defaultAtomOf(type.key)]);
    case 'map':
      return type.min === 0 ? emptyMap : new Map([[defaultAtomOf(type.key), defaultAtomOf(type.value)]]);
  }
}

function defaultAtomOf(base: BaseType): Atom {
  switch (base.kind) {
    case 'integer':
    case 'real':
      return 0;
    case 'boolean':
      return false;
    case 'string':
      return '';
    case 'uuid':
      return zeroUuid;
  }
}
