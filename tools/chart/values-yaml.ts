import { stringify } from 'yaml';

/** What is used of a JSON schema here. */
export type JsonSchema = {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
};

/** `values.yaml`: every value with its default, under what it means, as helm-docs reads it (`# -- text`). */
export function valuesYaml(schema: JsonSchema, depth = 0): string {
  const indent = '  '.repeat(depth);
  const entries = Object.entries(schema.properties ?? {}).map(([name, value]) => {
    const comment = value.description === undefined ? '' : `${indent}# -- ${value.description}\n`;
    if (value.properties) return `${comment}${indent}${name}:\n${valuesYaml(value, depth + 1)}`;
    const text = stringify({ [name]: value.default }, { lineWidth: 0 });
    return `${comment}${text.replaceAll(/^(?=.)/gm, indent)}`;
  });
  return entries.join(depth === 0 ? '\n' : '');
}
