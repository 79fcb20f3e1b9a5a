/** A row identifier: lower-case, hyphenated (RFC 7047 section 3.1, `<uuid>`). */
export type Uuid = string & { readonly __uuid: unique symbol };

/**
 * A UUID known to name a row of `Table`. A plain `Uuid` may stand where a `Ref` is wanted and the reverse;
 * references to two different tables do not mix.
 */
export type Ref<Table extends string> = Uuid & { readonly __table?: Table };

/**
 * One scalar. A reference is a string that holds the UUID; the column's type tells the two apart (RFC 7047 section 5.1, `<atom>`).
 * Integers are 64 bits wide in the database: beyond 2^53 they lose precision here.
 */
export type Atom = string | number | boolean;

/**
 * The value of one column, by the column's type (RFC 7047 section 3.2, `<type>`):
 * exactly one atom: the atom; at most one: the atom or `undefined`; several: a set; key and value: a map.
 */
export type Value = Atom | undefined | ReadonlySet<Atom> | ReadonlyMap<Atom, Atom>;

/** Columns by name, without `_uuid` and `_version`. */
export type Columns = Readonly<Record<string, Value>>;

/** A row as a replica holds it. */
export type Row = { readonly _uuid: Uuid } & Columns;

/** The row type of each table, by table name. Generated types (`NbTables`) narrow it. */
export type Tables = { readonly [table: string]: Row };
