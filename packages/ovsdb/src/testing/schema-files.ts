import { readFile } from 'node:fs/promises';
import { parseSchemaText } from '../schema/parse.ts';

const schemaFiles = {
  nb: '/usr/share/ovn/ovn-nb.ovsschema',
  sb: '/usr/share/ovn/ovn-sb.ovsschema',
  vswitch: '/usr/share/openvswitch/vswitch.ovsschema',
} as const;

/** A schema of the installed OVN and Open vSwitch, or the path of an `.ovsschema` file. */
export type SchemaChoice = keyof typeof schemaFiles | { readonly file: string };

/** The file of a schema and the name of its database. */
export async function chosenSchema(
  choice: SchemaChoice,
): Promise<{ readonly file: string; readonly name: string }> {
  const file = typeof choice === 'string' ? schemaFiles[choice] : choice.file;
  return { file, name: parseSchemaText(await readFile(file, 'utf8')).name };
}
