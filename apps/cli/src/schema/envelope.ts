import { z } from 'zod';

/** The API version of every answer that `-o json` gives. */
export const cliApiVersion = 'cli.berth.dev/v1';

/** An object as kubectl names it. */
export const refSchema = z.strictObject({
  kind: z.string().meta({ description: 'OvnFip, Pod, …' }),
  namespace: z.string().exactOptional().meta({ description: 'absent for cluster-scoped kinds' }),
  name: z.string(),
});

/** A row that a finding, or an answer, is about. */
export const rowIdSchema = z.strictObject({
  db: z.enum(['NB', 'SB', 'OVS']).meta({ description: 'OVS: the Open_vSwitch database of a node' }),
  table: z.string(),
  uuid: z.string(),
  columns: z
    .array(z.string())
    .exactOptional()
    .meta({ description: 'the columns it is about; absent where it is about the row as such' }),
});

/** Something about the user's input or network. */
const findingSchema = z.strictObject({
  code: z.string().meta({ description: 'permanent; its page is docs/findings/CODE.md' }),
  severity: z.enum(['error', 'warning', 'info']),
  object: refSchema.exactOptional(),
  field: z.string().exactOptional().meta({ description: 'path of the field: spec.staticRoutes[0].cidr' }),
  at: z
    .strictObject({ file: z.string(), line: z.int(), column: z.int() })
    .exactOptional()
    .meta({ description: 'where the user wrote it, counted from 1' }),
  message: z.string().meta({ description: 'what is wrong' }),
  cure: z.string().meta({ description: 'what to do' }),
  related: z.array(refSchema).meta({ description: 'other objects that take part' }),
  rows: z.array(rowIdSchema).meta({ description: 'the rows it is about, of those that are there' }),
});

/** An answer of this kind: the fields all answers have, then its own. */
export function answerSchema<Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) {
  return z.strictObject({
    apiVersion: z.literal(cliApiVersion),
    kind: z.literal(kind),
    findings: z.array(findingSchema),
    ...shape,
  });
}

/** What a schema describes, read-only at any depth. */
export type Described<Schema extends z.ZodType> = DeepReadonly<z.infer<Schema>>;

type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;
