// node --conditions=berth-source tests/support/lab-agent.ts LAB NODE KUBECONFIG SOCKET
// berth-agent on a node of a lab: a process that can be killed, which acts in the node's namespaces and reaches the API server.
import { join } from 'node:path';
import { openLab } from '@berth/lab';
import { openPlace } from '../../apps/agent/src/place.ts';
import { reportTo } from '../../apps/agent/src/report.ts';
import { runAgent } from '../../apps/agent/src/run.ts';

const [name = '', node = '', kubeconfig = '', cniSocket = ''] = process.argv.slice(2);
const told = (line: string): void => void process.stderr.write(`${node}: ${line}\n`);
const now = (): string => new Date().toISOString();
const lab = openLab(name);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
await runAgent({
  place: await openPlace({ kind: 'cluster', kubeconfig, context: undefined }, node, {
    now,
    attachesPods: true,
    told,
  }),
  instance: 'default',
  host: lab.host(node),
  memoryFile: join(lab.directory, 'nodes', node, 'berth-agent.json'),
  cniSocket,
  report: reportTo(told),
  now,
  signal: stop.signal,
});
