import { z } from 'zod';
import { kinds } from '../kind/kinds.ts';
import type { KindName } from '../kind/resource.ts';
import { textCheckKey, textChecks } from './text-check.ts';

/** Something that an API server can check of one field of an object. */
export type FieldRule = {
  /** Path of the field; `[]` stands for every item of a list. */
  readonly field: string;
  readonly problem: 'missing-field' | 'bad-value';
  /** An expression over `object` that holds for a right object. */
  readonly holds: string;
  readonly message: string;
  readonly cure: string;
  /** An expression for the wrong value, where it is one text. */
  readonly value?: string;
  /** An expression for the cure, where it goes by the value. */
  readonly cureOf?: string;
};

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Where a part of a schema is: its expression, its path, and how a test of it becomes one of the whole object. */
type Place = {
  readonly expression: string;
  readonly path: string;
  readonly whole: (test: string) => string;
  /** How many lists it is in. */
  readonly depth: number;
  /** The innermost of these lists, the name of its item in expressions, and how a test becomes one of the item. */
  readonly list?: { readonly of: string; readonly item: string; readonly whole: (test: string) => string };
};

/** The rules for the spec of a kind, in the order of its fields, taken from its schema. */
export function fieldRulesOf(name: KindName): readonly FieldRule[] {
  const { schema } = kinds[name];
  const spec = schema instanceof z.ZodObject ? schema.shape['spec'] : undefined;
  if (!(spec instanceof z.ZodType)) throw new Error(`${name} is not read as an object with a spec`);
  const json = z.toJSONSchema(spec, { target: 'openapi-3.0', io: 'input' });
  const object: JsonSchema = {
    type: 'object',
    properties: { spec: json },
    ...((json.required ?? []).length > 0 && { required: ['spec'] }),
  };
  return rulesIn(object, { expression: 'object', path: '', whole: (test) => test, depth: 0 });
}

function rulesIn(node: JsonSchema, place: Place): readonly FieldRule[] {
  if (node.type === 'object') return rulesOfObject(node, place);
  if (node.type === 'array') return rulesOfList(node, place);
  return node.type === 'string' ? rulesOfText(node, place) : [];
}

function rulesOfObject({ properties = {}, required = [] }: JsonSchema, place: Place): readonly FieldRule[] {
  return Object.entries(properties).flatMap(([name, node]) => {
    if (typeof node === 'boolean') return [];
    const expression = `${place.expression}.${name}`;
    const path = place.path === '' ? name : `${place.path}.${name}`;
    const where = (test: string): string => `(!has(${expression}) || ${test})`;
    const whole = (test: string): string => place.whole(where(test));
    const list = place.list && { ...place.list, whole: inner(place.list.whole, where) };
    const inside = rulesIn(node, { ...place, expression, path, whole, ...(list && { list }) });
    const missing = required.includes(name) ? [missingRule(node, expression, path, place)] : [];
    const rules = [...missing, ...inside];
    if (rules.length > 0 && reserved.includes(name))
      throw new Error(`${path} is a reserved word, which needs another spelling in expressions`);
    return rules;
  });
}

function inner(outer: (test: string) => string, own: (test: string) => string): (test: string) => string {
  return (test) => outer(own(test));
}

function missingRule({ type }: JsonSchema, expression: string, path: string, { whole }: Place): FieldRule {
  const isThere = `has(${expression})${type === 'string' ? ` && ${expression} != ''` : ''}`;
  return {
    field: path,
    problem: 'missing-field',
    holds: whole(`(${isThere})`),
    message: 'is missing',
    cure: `set ${path}`,
  };
}

function rulesOfList({ items, minItems }: JsonSchema, place: Place): readonly FieldRule[] {
  const { expression, path, depth, whole } = place;
  const enough: readonly FieldRule[] = minItems
    ? [
        {
          field: path,
          problem: 'bad-value',
          holds: whole(`${expression}.size() >= ${minItems}`),
          message: minItems === 1 ? 'is an empty list' : `has fewer than ${minItems} entries`,
          cure: `write ${minItems} or more`,
        },
      ]
    : [];
  if (typeof items !== 'object' || Array.isArray(items)) return enough;
  const item = `item${depth}`;
  const inside = rulesIn(items as JsonSchema, {
    expression: item,
    path: `${path}[]`,
    whole: (test) => whole(`${expression}.all(${item}, ${test})`),
    depth: depth + 1,
    list: { of: expression, item, whole: (test) => test },
  });
  return [...enough, ...inside];
}

/** An empty text is as none (Kube-OVN writes them). */
function rulesOfText(node: JsonSchema, place: Place): readonly FieldRule[] {
  const { expression, path, whole } = place;
  const check = checkOf(node);
  if (!check) return [];
  const test = `(${expression} == '' || ${check.holds(expression)})`;
  const { message, cure } = check;
  const value = wrongValue(place, test);
  const cureOf = 'cureOf' in check && value ? check.cureOf(value) : undefined;
  const own = { ...(value && { value }), ...(cureOf && { cureOf }) };
  return [{ field: path, problem: 'bad-value', holds: whole(test), message, cure, ...own }];
}

/** An expression for the text that fails a test: of a list the first that does. Undefined for a list in a list. */
function wrongValue({ expression, depth, list }: Place, test: string): string | undefined {
  if (!list) return expression;
  if (depth > 1) return undefined;
  const first = `${list.of}.filter(${list.item}, !${list.whole(test)})[0]`;
  return `${first}${expression.slice(list.item.length)}`;
}

function checkOf(node: JsonSchema): (typeof textChecks)[keyof typeof textChecks] | EnumCheck | undefined {
  const name = node[textCheckKey];
  if (typeof name === 'string' && Object.hasOwn(textChecks, name))
    return textChecks[name as keyof typeof textChecks];
  const allowed = node.const === undefined ? node.enum : [node.const];
  return allowed ? enumCheck(allowed.map(String)) : undefined;
}

type EnumCheck = ReturnType<typeof enumCheck>;

function enumCheck(allowed: readonly string[]) {
  const list = allowed.map((each) => `'${each}'`).join(', ');
  return {
    holds: (value: string) => `${value} in [${list}]`,
    message: `is not ${allowed.length === 1 ? '' : 'one of '}${allowed.join(', ')}`,
    cure: `write ${allowed.length === 1 ? '' : 'one of '}${allowed.join(', ')}`,
  };
}

/** Words that are no names in expressions (CEL, "Language definition", IDENT). */
const reserved: readonly string[] = [
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if'],
  ...['import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
];
