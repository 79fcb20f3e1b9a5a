export type { ClusterMember } from './clustered.ts';
export { type DatabaseFile, type ReadFileOptions, readDatabaseFile } from './read-database-file.ts';
export type { FileKind } from './records.ts';
