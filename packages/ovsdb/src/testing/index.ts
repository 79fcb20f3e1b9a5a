export { type OvsdbServer, type OvsdbServerOptions, startOvsdbServer } from './ovsdb-server.ts';
