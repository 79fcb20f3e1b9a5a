import {
  apiVersionOf,
  isKindName,
  kinds,
  parseResource,
  type ResourceSet,
  resourceSetOf,
  resourcesIn,
} from '@berth/api';
import type { NodeHealth } from '@berth/core';
import type { NbTables, SbTables } from '@berth/ovn';
import { formatSchema, parseSchema } from '@berth/ovsdb/schema';
import {
  changeSnapshot,
  emptySnapshot,
  encodeColumns,
  isUuid,
  type Json,
  type JsonObject,
  rowCodecOf,
  type Snapshot,
  type Tables,
} from '@berth/ovsdb/value';
import { z } from 'zod';
import { bundledTables, objectWithoutSecrets, withoutSecrets } from './secrets.ts';

/** The format. A later one has another number; what it cannot read, an older Berth refuses. */
const bundleVersion = 'bundle.berth.dev/v1';

/** An OVN at one moment, with what was stored about it, in one file. */
export type Bundle = {
  /** RFC 3339. */
  readonly savedAt: string;
  readonly nb: Snapshot<NbTables>;
  readonly sb: Snapshot<SbTables>;
  readonly reports: readonly NodeHealth[];
  readonly objects: ResourceSet | undefined;
};

const jsonObject = z.record(
  z.string(),
  z.custom<Json>((value) => value !== undefined),
);

const databaseSchema = z.strictObject({
  /** RFC 7047 section 3.2. */
  schema: jsonObject,
  /** Rows by table and UUID, each a <row> of RFC 7047 section 5.1. */
  tables: z.record(z.string(), z.record(z.string(), jsonObject)),
});

const answersSchema = z.codec(
  z.record(z.string(), z.boolean()),
  z.custom<ReadonlyMap<string, boolean>>((value) => value instanceof Map),
  {
    decode: (json) => new Map(Object.entries(json)),
    encode: (map) => Object.fromEntries(map),
  },
);

/** What answered nothing is null: JSON leaves out what is undefined, and not asked for is another thing. */
const checkedSchema = z.codec(
  z.record(z.string(), z.string().nullable()),
  z.custom<ReadonlyMap<string, string | undefined>>((value) => value instanceof Map),
  {
    decode: (json) => new Map(Object.entries(json).map(([key, mac]) => [key, mac ?? undefined])),
    encode: (map) => Object.fromEntries([...map].map(([key, mac]) => [key, mac ?? null])),
  },
);

const setSchema = z.codec(
  z.array(z.string()),
  z.custom<ReadonlySet<string>>((value) => value instanceof Set),
  {
    decode: (json) => new Set(json),
    encode: (set) => [...set],
  },
);

/** A report is written and read by the same fields, which are all that there are: one that is missing here does not compile. */
const reportSchema = z.strictObject({
  node: z.string(),
  chassis: z.string().exactOptional(),
  isFresh: z.boolean().exactOptional(),
  ready: z.boolean().exactOptional(),
  uplinks: answersSchema.exactOptional(),
  controllerRuns: z.boolean().exactOptional(),
  controllerConnected: z.boolean().exactOptional(),
  controllerHangs: z.literal(true).exactOptional(),
  flowsInstalled: z.boolean().exactOptional(),
  fenced: setSchema.exactOptional(),
  tunnels: answersSchema.exactOptional(),
  checked: checkedSchema.exactOptional(),
} satisfies { readonly [Field in keyof Required<NodeHealth>]: z.ZodType<NodeHealth[Field]> });

const fileSchema = z.strictObject({
  apiVersion: z.literal(bundleVersion),
  kind: z.literal('Bundle'),
  savedAt: z.string(),
  nb: databaseSchema,
  sb: databaseSchema,
  reports: z.array(reportSchema),
  objects: z.array(jsonObject).nullable(),
});

type DatabaseJson = {
  readonly schema: JsonObject;
  readonly tables: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
};

/** A bundle as JSON, without secrets. The same bundle gives the same bytes. */
export function bundleJson({ savedAt, nb, sb, reports, objects }: Bundle): object {
  return {
    apiVersion: bundleVersion,
    kind: 'Bundle',
    savedAt,
    nb: databaseJson(nb),
    sb: databaseJson(sb),
    reports: reports.map((report) => z.encode(reportSchema, report)),
    objects:
      objects === undefined
        ? null
        : resourcesIn(objects).map((object) => ({
            ...objectWithoutSecrets(object),
            apiVersion: apiVersionOf(kinds[object.kind]),
          })),
  };
}

function databaseJson(snapshot: Snapshot): DatabaseJson {
  const { schema } = snapshot;
  const tables = bundledTables(schema).filter((table) => snapshot.tableNames.includes(table));
  return {
    schema: formatSchema(schema),
    tables: Object.fromEntries(tables.map((table) => [table, rowsJson(snapshot, table)])),
  };
}

function rowsJson(snapshot: Snapshot, table: string): DatabaseJson['tables'][string] {
  const known = snapshot.schema.tables[table]?.columns ?? {};
  const rows = [...snapshot.table(table)].sort((left, right) => (left._uuid < right._uuid ? -1 : 1));
  return Object.fromEntries(
    rows.map((row) => {
      const columns = Object.entries(withoutSecrets(row)).filter(([column]) => column in known);
      return [row._uuid, encodeColumns(snapshot.schema, table, Object.fromEntries(columns))];
    }),
  );
}

/** What a bundle's JSON holds, or in one sentence why it is none. */
export type ParsedBundle =
  | { readonly kind: 'bundle'; readonly bundle: Bundle }
  | { readonly kind: 'invalid'; readonly why: string };

/** Reads what {@link bundleJson} made. Throws OvsdbFault for databases that do not follow their schema. */
export function parseBundle(json: unknown): ParsedBundle {
  const header = z.looseObject({ apiVersion: z.string(), kind: z.literal('Bundle') }).safeParse(json);
  if (!header.success) return { kind: 'invalid', why: 'Berth did not write it' };
  if (header.data.apiVersion !== bundleVersion) {
    return {
      kind: 'invalid',
      why: `it has format ${header.data.apiVersion}, this Berth reads ${bundleVersion}`,
    };
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) return { kind: 'invalid', why: `it is damaged: ${problemOf(parsed.error)}` };
  const { savedAt, nb, sb, reports, objects } = parsed.data;
  return {
    kind: 'bundle',
    bundle: {
      savedAt,
      nb: snapshotIn<NbTables>(nb),
      sb: snapshotIn<SbTables>(sb),
      reports,
      objects: objects === null ? undefined : resourceSetOf(objects.flatMap(resourceIn)),
    },
  };
}

function snapshotIn<T extends Tables>({ schema: schemaJson, tables }: DatabaseJson): Snapshot<T> {
  const schema = parseSchema(schemaJson);
  const changes = Object.entries(tables).map(([table, rows]) => {
    const codec = rowCodecOf(schema, table);
    return {
      table,
      changes: Object.entries(rows).flatMap(([uuid, row]) =>
        isUuid(uuid) ? [{ uuid, after: codec.decodeRow(uuid, row) }] : [],
      ),
    };
  });
  return changeSnapshot(emptySnapshot<T>(schema, Object.keys(tables)), changes);
}

/** Objects of kinds that this version does not know are left out. */
function resourceIn(json: Readonly<Record<string, unknown>>) {
  if (typeof json['kind'] !== 'string' || !isKindName(json['kind'])) return [];
  const parsed = parseResource(json);
  return parsed.ok ? [parsed.resource] : [];
}

function problemOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'it does not follow its format';
}
