export { type Certificates, certificatesIn } from './certificates.ts';
export { type MemoryServer, type MemoryServerOptions, startMemoryServer } from './memory-server.ts';
export { type OvsdbCluster, startOvsdbCluster } from './ovsdb-cluster.ts';
export { type OvsdbServer, type OvsdbServerOptions, startOvsdbServer } from './ovsdb-server.ts';
export { type Proxy, startProxy } from './proxy.ts';
export { type Generation, type Rotation, startRotation } from './rotation.ts';
export type { SchemaChoice } from './schema-files.ts';
export type { ServerTls } from './server-process.ts';
