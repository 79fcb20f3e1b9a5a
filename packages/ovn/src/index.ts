export type * as Nb from './generated/nb.ts';
export { schema as nbSchema, type Tables as NbTables } from './generated/nb.ts';
export type * as Sb from './generated/sb.ts';
export { schema as sbSchema, type Tables as SbTables } from './generated/sb.ts';
export type * as Ovs from './generated/vswitch.ts';
export { schema as ovsSchema, type Tables as OvsTables } from './generated/vswitch.ts';
export { offers } from './offers.ts';
export { compareReleases, type Database, oldestSchemas, type Release, sinceOf } from './since.ts';
