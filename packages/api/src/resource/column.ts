import { isJsonObject } from '../parse/prune.ts';

/**
 * A column of the table `kubectl get` prints. It shows a field, or for Kubernetes' own kinds also what a function makes
 * of the object. An empty cell is undefined, a list is printed with commas between; a `date` cell is an RFC 3339 time,
 * to be printed as an age.
 */
export type Column<Object> = Heading & (FieldColumn<Object> | ComputedColumn<Object>);

type Heading = {
  /** Title-Case without spaces, as in the CRD. */
  readonly heading: string;
  readonly type: 'string' | 'number' | 'boolean' | 'date';
  /** Only shown by `-o wide`. */
  readonly wide?: true;
};

type FieldColumn<Object> = {
  /** As the CRD has it: a field of spec or status, the age, a part of a condition, or what is in all items of a list. */
  readonly jsonPath:
    | FieldOf<Object, 'spec'>
    | FieldOf<Object, 'status'>
    | NestedOf<Object>
    | '.metadata.creationTimestamp'
    | ConditionPath;
};

/** A field of every item of a list, or of an object, that is a field of the status or the spec. */
type NestedOf<Object> = `${FieldOf<Object, 'spec'> | FieldOf<Object, 'status'>}${'[*]' | ''}.${string}`;

type ComputedColumn<Object> = { readonly cell: (object: Object) => Cell };

type FieldOf<Object, Part extends string> = Object extends { readonly [K in Part]?: infer Fields }
  ? `.${Part}.${Extract<keyof NonNullable<Fields>, string>}`
  : never;

type ConditionPath<Type extends string = 'Ready' | 'Accepted' | 'Programmed'> =
  `.status.conditions[?(@.type=="${Type}")].${'status' | 'reason'}`;

/** What stands in one cell. */
export type Cell = string | number | boolean | readonly string[] | undefined;

/** When the object was made; the last column of every kind. */
export const age: Heading & { readonly jsonPath: '.metadata.creationTimestamp' } = {
  heading: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
};

/** Status of the condition `Ready` of the whole object: True, False or Unknown. */
export const ready: Heading & { readonly jsonPath: ConditionPath<'Ready'> } = {
  heading: 'Ready',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].status',
};

/** Reason of the condition `Ready`. */
export const reason: Heading & { readonly jsonPath: ConditionPath<'Ready'> } = {
  heading: 'Reason',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
};

/** What a column shows of an object. */
export function cellOf<Object>(column: Column<Object>, object: Object): Cell {
  return 'cell' in column ? column.cell(object) : cellAt(object, column.jsonPath);
}

/** What is at a JSONPath of the form that columns have; of several things of a type the first, as kubectl prints. */
function cellAt(object: unknown, jsonPath: string): Cell {
  let at = object;
  for (const [, name = '', type] of jsonPath.matchAll(/\.(\w+)(?:\[\?\(@\.type=="(\w+)"\)\]|\[\*\])?/g)) {
    at = Array.isArray(at) ? at.flatMap((item) => fieldOf(item, name) ?? []) : fieldOf(at, name);
    if (type !== undefined) at = itemOfType(at, type);
  }
  return isCell(at) ? at : undefined;
}

function itemOfType(list: unknown, type: string): unknown {
  return Array.isArray(list) ? list.find((item) => fieldOf(item, 'type') === type) : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined;
}

function isCell(value: unknown): value is Cell {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  return ['string', 'number', 'boolean'].includes(typeof value);
}
