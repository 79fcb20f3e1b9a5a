import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { LabFault } from '../fault.ts';

/** A unix socket's path, with its final zero byte, must fit the kernel's 108 bytes (unix(7)). */
const maxSocketPathBytes = 107;

/** The longest name a daemon gives a socket in its node's directory: the control socket of a seven-digit process. */
const longestSocketName = 'ovn-controller.4194304.ctl';

/** The directory that holds one directory per lab: `${XDG_RUNTIME_DIR:-/run}/berth/labs`. */
export function labsDirectory(environment: NodeJS.ProcessEnv, userId: number): string {
  const given = environment['XDG_RUNTIME_DIR'];
  if (given !== undefined && given !== '') return join(given, 'berth', 'labs');
  if (userId === 0 || isWritable('/run')) return '/run/berth/labs';
  const ofUser = `/run/user/${userId}`;
  if (isWritable(ofUser)) return join(ofUser, 'berth', 'labs');
  throw new LabFault(
    'lab-no-runtime-directory',
    'there is no directory to keep labs in: XDG_RUNTIME_DIR is not set and /run is not writable',
    'set XDG_RUNTIME_DIR to a directory of your own with a short path',
  );
}

/** Refuses names whose sockets would not fit; `node` is the longest name of a node. */
export function checkSocketPaths(labDirectory: string, nodes: readonly string[]): void {
  for (const node of nodes) {
    const path = join(labDirectory, 'nodes', node, longestSocketName);
    const excess = Buffer.byteLength(path) - maxSocketPathBytes;
    if (excess <= 0) continue;
    throw new LabFault(
      'lab-path-too-long',
      `sockets of node ${node} would have paths of ${Buffer.byteLength(path)} bytes, of which a unix socket takes ${maxSocketPathBytes}: ${path}`,
      `shorten the lab's or the node's name, or XDG_RUNTIME_DIR, by ${excess} bytes`,
    );
  }
}

function isWritable(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
