export { type Host, HostFault } from './host/host.ts';
