import { OvsdbFault } from '../value/fault.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../value/json.ts';
import type { ColumnSchema, DatabaseSchema, TableSchema } from './database-schema.ts';
import { parseColumnType } from './parse-type.ts';
import { schemaFault } from './schema-fault.ts';

/**
 * Reads a schema: the contents of an `.ovsschema` file or the answer to `get_schema` (RFC 7047 section 3.2), parsed from JSON.
 * Throws `OvsdbFault` `bad-schema` that names the place.
 */
export function parseSchema(json: Json): DatabaseSchema {
  const source = objectAt(json, 'schema');
  const name = textAt(source['name'], 'schema name');
  const tables = objectAt(source['tables'], name);
  const someRoot = Object.values(tables).some((table) => isJsonObject(table) && table['isRoot'] === true);
  const cksum = source['cksum'];
  return {
    name,
    version: textAt(source['version'], `${name} version`),
    ...(typeof cksum === 'string' ? { cksum } : {}),
    tables: mapMembers(tables, name, (table, place) => parseTable(table, place, !someRoot)),
  };
}

/** `rootByDefault`: a schema that marks no table as root means all of them. */
function parseTable(json: Json, place: string, rootByDefault: boolean): TableSchema {
  const source = objectAt(json, place);
  const columns = mapMembers(objectAt(source['columns'], place), place, parseColumn);
  const maxRows = source['maxRows'];
  return {
    columns,
    isRoot: source['isRoot'] === true || rootByDefault,
    ...(typeof maxRows === 'number' ? { maxRows } : {}),
    indexes: parseIndexes(source['indexes'], columns, place),
  };
}

function parseColumn(json: Json, place: string): ColumnSchema {
  const source = objectAt(json, place);
  return {
    type: parseColumnType(source['type'], place),
    ephemeral: source['ephemeral'] === true,
    mutable: source['mutable'] !== false,
  };
}

function parseIndexes(
  json: Json | undefined,
  columns: Readonly<Record<string, ColumnSchema>>,
  place: string,
): readonly (readonly string[])[] {
  if (json === undefined) return [];
  if (!isJsonArray(json)) throw schemaFault(place, 'indexes is not a list');
  return json.map((index) => {
    if (!isJsonArray(index)) throw schemaFault(place, 'an index is not a list of columns');
    return index.map((column) => {
      const name = textAt(column, `${place} index`);
      if (!Object.hasOwn(columns, name)) throw schemaFault(place, `index names no column "${name}"`);
      return name;
    });
  });
}

function mapMembers<T>(
  members: JsonObject,
  place: string,
  parse: (member: Json, place: string) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name === '__proto__') {
        throw schemaFault(place, `"${name}" is not a name`);
      }
      return [name, parse(member, `${place}.${name}`)];
    }),
  );
}

function objectAt(json: Json | undefined, place: string): JsonObject {
  if (isJsonObject(json)) return json;
  throw schemaFault(place, 'an object is missing');
}

function textAt(json: Json | undefined, place: string): string {
  if (typeof json === 'string') return json;
  throw schemaFault(place, 'a string is missing');
}

/** Reads a schema from the text of an `.ovsschema` file. Throws `OvsdbFault` `bad-schema`. */
export function parseSchemaText(text: string): DatabaseSchema {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new OvsdbFault('bad-schema', 'the schema is not JSON', { cause });
  }
  return parseSchema(json);
}
