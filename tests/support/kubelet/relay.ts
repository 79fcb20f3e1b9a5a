import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Lab } from '@berth/lab';

/** What makes the API server answer on a node. */
export type Relay = Disposable;

/** Listens on the node's loopback, at the words' first, and takes what comes to the socket that is the second. */
const nodeEnd = `
const net = require('node:net');
const [port, socket] = process.argv.slice(1);
net.createServer((from) => {
  const to = net.connect(socket);
  for (const each of [from, to]) each.on('error', () => { from.destroy(); to.destroy(); });
  from.pipe(to).pipe(from);
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
`;

/**
 * Lets a node reach the lab's API server, which listens on the loopback of the machine that the lab runs on: at the same address of
 * the node's own, for which its certificate is.
 */
export async function relayApiServer(lab: Lab, node: string): Promise<Relay> {
  const { port } = new URL(lab.kube?.url ?? '');
  const socket = join(lab.directory, 'api-server.sock');
  const server = createServer((from) => {
    const to = connect(Number(port), '127.0.0.1');
    for (const each of [from, to]) {
      each.on('error', () => {
        from.destroy();
        to.destroy();
      });
    }
    from.pipe(to).pipe(from);
  });
  server.listen(socket);
  await once(server, 'listening');
  const child = lab.spawn(node, [process.execPath, '-e', nodeEnd, port, socket]);
  await once(child.stdout, 'data');
  return {
    [Symbol.dispose]: () => {
      server.close();
      child.kill('SIGKILL');
    },
  };
}

/** The address of a node on the network that its OVN is managed over. */
export function managementIpOf(lab: Lab, node: string): string {
  const found = lab.plan.nodes.find(({ name }) => name === node);
  if (found === undefined) throw new Error(`no ${node} in lab ${lab.name}`);
  return found.managementIp;
}
