import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A sandbox's process and a pod's program alike. */
export const imageName = 'berth.dev/busybox:1';

const mediaTypes = 'application/vnd.oci.image';

/** What an image starts, and as whom (OCI image-spec, config.md). */
export type ImageConfig = {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env: readonly string[];
  readonly User?: string;
};

/** Makes an archive of the image of a static busybox. Started as it is, it waits. Gives the archive's file. */
export async function makeImage(folder: string): Promise<string> {
  const root = join(folder, 'root');
  await putBusybox(root);
  return packImage(folder, imageName, {
    Entrypoint: ['/bin/busybox'],
    Cmd: ['sleep', '2147483647'],
    Env: ['PATH=/bin'],
  });
}

/** Puts a static busybox below a root, also as `sh`. */
export async function putBusybox(root: string): Promise<void> {
  await mkdir(join(root, 'bin'), { recursive: true });
  const { stdout: busybox } = await run('bash', ['-c', 'command -v busybox']);
  await copyFile(busybox.trim(), join(root, 'bin/busybox'));
  await symlink('busybox', join(root, 'bin/sh'));
}

/**
 * Packs what is in `root` below a folder into an archive of one image of one layer (OCI image layout, image-layout.md), and
 * removes it. Gives the archive's file.
 */
export async function packImage(folder: string, name: string, config: ImageConfig): Promise<string> {
  const root = join(folder, 'root');
  const blobs = join(folder, 'layout/blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const layer = join(folder, 'layer.tar');
  await run('tar', ['--owner=0', '--group=0', '-C', root, '-cf', layer, '.']);
  const put = async (kind: string, content: Buffer | object) => {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hash = createHash('sha256').update(bytes).digest('hex');
    await writeFile(join(blobs, hash), bytes);
    return { mediaType: `${mediaTypes}.${kind}`, digest: `sha256:${hash}`, size: bytes.length };
  };
  const content = await put('layer.v1.tar', await readFile(layer));
  const described = await put('config.v1+json', {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: [content.digest] },
  });
  const manifest = await put('manifest.v1+json', {
    ...{ schemaVersion: 2, mediaType: `${mediaTypes}.manifest.v1+json` },
    ...{ config: described, layers: [content] },
  });
  const annotations = { 'io.containerd.image.name': name };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  await writeFile(join(folder, 'layout/index.json'), JSON.stringify(index));
  await writeFile(join(folder, 'layout/oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const archive = join(folder, 'image.tar');
  await run('tar', ['-C', join(folder, 'layout'), '-cf', archive, '.']);
  await Promise.all([root, join(folder, 'layout'), layer].map((path) => rm(path, { recursive: true })));
  return archive;
}
