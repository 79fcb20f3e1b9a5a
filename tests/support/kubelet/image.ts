import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The one image there is: a sandbox's process and a pod's program alike. */
export const imageName = 'berth.dev/busybox:1';

const mediaTypes = 'application/vnd.oci.image';

/**
 * Makes an archive of one image of one layer, a static busybox (OCI image layout, image-layout.md). Started as it is, it waits.
 * Gives the archive's file.
 */
export async function makeImage(folder: string): Promise<string> {
  const blobs = join(folder, 'layout/blobs/sha256');
  const root = join(folder, 'root');
  await mkdir(join(root, 'bin'), { recursive: true });
  await mkdir(blobs, { recursive: true });
  const { stdout: busybox } = await run('bash', ['-c', 'command -v busybox']);
  await copyFile(busybox.trim(), join(root, 'bin/busybox'));
  await symlink('busybox', join(root, 'bin/sh'));
  const layer = join(folder, 'layer.tar');
  await run('tar', ['--owner=0', '--group=0', '-C', root, '-cf', layer, '.']);
  const put = async (kind: string, content: Buffer | object) => {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hash = createHash('sha256').update(bytes).digest('hex');
    await writeFile(join(blobs, hash), bytes);
    return { mediaType: `${mediaTypes}.${kind}`, digest: `sha256:${hash}`, size: bytes.length };
  };
  const content = await put('layer.v1.tar', await readFile(layer));
  const config = await put('config.v1+json', {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Entrypoint: ['/bin/busybox'], Cmd: ['sleep', '2147483647'], Env: ['PATH=/bin'] },
    rootfs: { type: 'layers', diff_ids: [content.digest] },
  });
  const manifest = await put('manifest.v1+json', {
    ...{ schemaVersion: 2, mediaType: `${mediaTypes}.manifest.v1+json` },
    ...{ config, layers: [content] },
  });
  const annotations = { 'io.containerd.image.name': imageName };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  await writeFile(join(folder, 'layout/index.json'), JSON.stringify(index));
  await writeFile(join(folder, 'layout/oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const archive = join(folder, 'image.tar');
  await run('tar', ['-C', join(folder, 'layout'), '-cf', archive, '.']);
  await Promise.all([root, join(folder, 'layout'), layer].map((path) => rm(path, { recursive: true })));
  return archive;
}
