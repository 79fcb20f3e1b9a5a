import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What a file is to hold. */
export type FileContent = { readonly text: string } | { readonly copyOf: string };

/**
 * Puts a file in place whole: whoever opens it has the old one or the new one, never a part. One that is right already stays as it is.
 * Says whether it was written. Throws errors of node:fs.
 */
export async function putFile(target: string, content: FileContent, mode: number): Promise<boolean> {
  if (await isRight(target, content)) {
    await chmod(target, mode);
    return false;
  }
  await mkdir(dirname(target), { recursive: true });
  const fresh = `${target}.${process.pid}.new`;
  try {
    if ('text' in content) await writeFile(fresh, content.text);
    else await copyFile(content.copyOf, fresh);
    await chmod(fresh, mode);
    await flush(fresh);
    await rename(fresh, target);
  } finally {
    await rm(fresh, { force: true });
  }
  return true;
}

async function isRight(target: string, content: FileContent): Promise<boolean> {
  const wanted = 'text' in content ? digestOfText(content.text) : await digestOf(content.copyOf);
  return (await digestOf(target).catch(() => undefined)) === wanted;
}

function digestOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function flush(file: string): Promise<void> {
  await using handle = await open(file);
  await handle.sync();
}
