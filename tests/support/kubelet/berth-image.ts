import { execFile } from 'node:child_process';
import { copyFile, mkdir, rename, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bundle } from '../../../tools/bundle/bundle.ts';
import { bundledPrograms } from '../../../tools/bundle/programs.ts';
import { packImage, putBusybox } from './image.ts';

const run = promisify(execFile);

/** What agents call on a node, as Containerfile installs it. */
const nodePrograms = ['ip', 'sysctl', 'ethtool'];

/**
 * Makes an archive of an image with what Containerfile puts into it: Node, every program as one file, and what agents call. There is
 * no container engine to build that file here: programs and libraries are this machine's own. Gives the archive's file.
 */
export async function makeBerthImage(folder: string, name: string): Promise<string> {
  const root = join(folder, 'root');
  const bin = join(root, 'usr/local/bin');
  await putBusybox(root);
  await mkdir(join(root, 'usr/bin'), { recursive: true });
  await mkdir(join(root, 'tmp'));
  await symlink('/bin/busybox', join(root, 'usr/bin/env'));
  for (const program of bundledPrograms) {
    await bundle(program, bin);
    await rename(join(bin, program.file), join(bin, program.file.replace(/\.mjs$/, '')));
  }
  await putProgram(root, process.execPath, join(bin, 'node'));
  for (const program of nodePrograms) {
    const path = `${process.env['PATH']}:/usr/sbin:/sbin`;
    const { stdout } = await run('bash', ['-c', `command -v ${program}`], { env: { PATH: path } });
    await putProgram(root, stdout.trim(), join(bin, program));
  }
  return packImage(folder, name, {
    Env: ['PATH=/usr/local/bin:/usr/bin:/bin'],
    User: '65532:65532',
    Cmd: ['berth-controller', '--help'],
  });
}

/** Puts a program below a root, with the libraries that it is linked to where it looks for them. */
async function putProgram(root: string, from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const { stdout } = await run('ldd', [from]);
  for (const [, library = ''] of stdout.matchAll(/(\/[^ ]+) \(0x/g)) {
    await mkdir(join(root, dirname(library)), { recursive: true });
    await copyFile(library, join(root, library));
  }
}
