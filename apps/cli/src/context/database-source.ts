import type { DatabaseSchema } from '@berth/ovsdb';
import { CliFault } from './cli-fault.ts';

/** The two databases of an OVN, by what people call them and by what a server calls them. */
export const databases = {
  nb: { short: 'NB', name: 'OVN_Northbound' },
  sb: { short: 'SB', name: 'OVN_Southbound' },
} as const;

export type DatabaseKey = keyof typeof databases;

/** Whether a word names a server, as `unix:PATH` does, and not a file. */
export function isRemote(text: string): boolean {
  return text.split(',').every((each) => /^(unix|tcp|ssl):/.test(each));
}

/** Tables without which nothing can be told, by database. Everything later releases added may be missing. */
const needed: Readonly<Record<DatabaseKey, readonly string[]>> = {
  nb: ['NB_Global', 'Logical_Router', 'Logical_Router_Port', 'Logical_Switch', 'Logical_Switch_Port', 'NAT'],
  sb: ['SB_Global', 'Chassis', 'Datapath_Binding', 'Port_Binding', 'HA_Chassis', 'HA_Chassis_Group'],
};

/** Throws CliFault `bad-input` when a schema is not that of the database wanted, or is too old to be analysed. */
export function requireSchema(key: DatabaseKey, where: string, schema: DatabaseSchema): void {
  const { short, name } = databases[key];
  if (schema.name !== name) {
    const isOther = Object.values(databases).some((each) => each.name === schema.name);
    const cure = isOther ? 'are --nb and --sb the wrong way round?' : `name a database of OVN as --${key}`;
    throw new CliFault('bad-input', `${where} holds ${schema.name} and not ${name}`, cure);
  }
  const missing = needed[key].filter((table) => !(table in schema.tables));
  if (missing.length === 0) return;
  throw new CliFault(
    'bad-input',
    `${where} is of version ${schema.version} of ${short}, which has no ${missing.join(', ')}`,
    'that OVN is too old to be analysed',
  );
}
