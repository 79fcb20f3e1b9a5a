import { join } from 'node:path';
import { type ConflistParts, conflistText } from './conflist.ts';
import { putFile } from './put-file.ts';

/** What is installed, and where. */
export type PluginParts = ConflistParts & {
  readonly binDir: string;
  readonly confDir: string;
  /** Name of the configuration's file; the runtime takes the first by name. */
  readonly confName: string;
  /** The Node that runs it: the node's own machine need not have one. */
  readonly node: string;
  /** The plugin as one file. */
  readonly program: string;
};

/** The folder beside the plugin that has what it takes to run it. */
const ownFolder = '.berth-cni';

/** Finds its Node beside itself, wherever the runtime looks for plugins. */
const script = `#!/bin/sh
exec "\${0%/*}/${ownFolder}/node" "\${0%/*}/${ownFolder}/berth-cni.mjs" "$@"
`;

/**
 * Installs the plugin and then its configuration, so that a runtime that sees the one finds the other. Gives the files that were
 * written. Throws errors of node:fs.
 */
export async function putPlugin(parts: PluginParts): Promise<readonly string[]> {
  const { binDir, confDir, confName, node, program } = parts;
  const files = [
    [join(binDir, ownFolder, 'node'), { copyOf: node }, 0o755],
    [join(binDir, ownFolder, 'berth-cni.mjs'), { copyOf: program }, 0o644],
    [join(binDir, 'berth-cni'), { text: script }, 0o755],
    [join(confDir, confName), { text: conflistText(parts) }, 0o644],
  ] as const;
  const written: string[] = [];
  for (const [target, content, mode] of files) if (await putFile(target, content, mode)) written.push(target);
  return written;
}
