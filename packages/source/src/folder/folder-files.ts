import { readFile } from 'node:fs/promises';
import { codeOf, type FoundFile, findFiles } from './find-files.ts';
import { type FolderReading, folderReading } from './folder-reading.ts';
import { type Signature, signatureOf } from './look.ts';
import { type FileContent, readText, unreadable } from './read-file.ts';

/** A file changed within this time of being read may change again without its stamp showing it. */
const uncertainMs = 2_000;

/** The files of a folder; those that did not change are not read again. */
export class FolderFiles {
  readonly #folder: string;
  #signature: Signature | undefined;
  #known = new Map<string, { readonly stamp: string; readonly content: FileContent }>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads what the folder holds now. @throws SourceFault when the folder itself cannot be read. */
  async read(): Promise<FolderReading> {
    this.#signature = 'gone';
    const found = await findFiles(this.#folder);
    this.#signature = signatureOf(found);
    const known = new Map<string, { readonly stamp: string; readonly content: FileContent }>();
    const contents: FileContent[] = [];
    for (const file of found) {
      const before = this.#known.get(file.path);
      const fresh = before === undefined || before.stamp !== file.stamp;
      const content = fresh ? await readFound(file) : before.content;
      contents.push(content);
      if (file.stamp !== undefined && Date.now() - file.modifiedMs > uncertainMs) {
        known.set(file.path, { stamp: file.stamp, content });
      }
    }
    this.#known = known;
    return folderReading(contents);
  }

  /** What the folder looked like when it was read last. */
  get signature(): Signature | undefined {
    return this.#signature;
  }
}

async function readFound({ path, irregular }: FoundFile): Promise<FileContent> {
  if (irregular !== undefined) return unreadable(path, `it is ${irregular}, no regular file`);
  try {
    return readText(path, await readFile(path, 'utf8'));
  } catch (error) {
    return unreadable(path, codeOf(error));
  }
}
