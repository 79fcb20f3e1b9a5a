import { formatRef, type Resource, type ResourceRef, refKey } from '@berth/api';
import { atLeast, type Finding, finding, type Position } from '@berth/core';
import { placeOf } from './position.ts';
import type { FileContent, FileObject } from './read-file.ts';

/** What a whole folder holds. */
export type FolderReading = {
  /** How many YAML files there are, readable or not. */
  readonly fileCount: number;
  /** The good objects, by key. */
  readonly objects: ReadonlyMap<string, { readonly resource: Resource; readonly file: string }>;
  /** Those that are there but not as they should be, by key. */
  readonly invalid: ReadonlyMap<string, Position | undefined>;
  /** The first thing that is there and cannot be read, be it a file, a document or an object. */
  readonly unread: Unread | undefined;
  readonly findings: readonly Finding[];
  /** A file in which an object may be that was not recognised, so that its absence proves nothing. */
  doubtAbout(name: string, lastFile: string | undefined): Position | undefined;
  locate(object: ResourceRef, field?: string): Position | undefined;
};

/** What cannot be read, where, and why. */
export type Unread = { readonly at: Position; readonly message: string };

/** Puts the files of a folder together, in the order given: of an object that is there twice the first counts. */
export function folderReading(files: readonly FileContent[]): FolderReading {
  const first = new Map<string, FileObject>();
  const duplicates: Finding[] = [];
  for (const object of files.flatMap(({ objects }) => objects)) {
    const key = refKey(object.ref);
    const earlier = first.get(key);
    if (earlier) duplicates.push(duplicateFinding(object, earlier));
    else first.set(key, object);
  }
  const objects = new Map<string, { readonly resource: Resource; readonly file: string }>();
  const invalid = new Map<string, Position | undefined>();
  for (const [key, { parsed, file, at }] of first) {
    if (parsed.ok) objects.set(key, { resource: parsed.resource, file });
    else invalid.set(key, at);
  }
  const doubtful = files.filter((file) => file.doubtful);
  return {
    fileCount: files.length,
    objects,
    invalid,
    unread: files.flatMap(unreadIn)[0],
    findings: [...files.flatMap(({ findings }) => findings), ...duplicates],
    doubtAbout: (name, lastFile) => doubtAbout(doubtful, name, lastFile),
    locate: (ref, field = 'metadata.name') => {
      const object = first.get(refKey(ref));
      return object && placeOf(object.positions, field, 'value');
    },
  };
}

function unreadIn({ file, findings }: FileContent): readonly Unread[] {
  return findings
    .filter((each) => atLeast(each, 'error'))
    .map(({ at = { file, line: 1, column: 1 }, message }) => ({ at, message }));
}

function doubtAbout(
  doubtful: readonly FileContent[],
  name: string,
  lastFile: string | undefined,
): Position | undefined {
  const found = doubtful.find(
    ({ file, text }) => file === lastFile || text === undefined || mentions(text, name),
  );
  return found && { file: found.file, line: 1, column: 1 };
}

/** Whether a name stands in a text by itself, not as a part of a longer one. */
function mentions(text: string, name: string): boolean {
  return text.split(/[^A-Za-z0-9.-]+/).includes(name);
}

function duplicateFinding({ ref, at }: FileObject, earlier: FileObject): Finding {
  const where = earlier.at ? `${earlier.at.file}:${earlier.at.line}` : earlier.file;
  return finding('duplicate-object', {
    object: ref,
    at,
    message: `${formatRef(ref)} is defined in ${where} already, which counts`,
    cure: 'remove one of the two',
  });
}
