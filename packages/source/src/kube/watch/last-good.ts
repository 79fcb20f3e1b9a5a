import type { Resource } from '@berth/api';
import { isJsonObject, type JsonObject } from '../api/json.ts';

/**
 * Annotation of an object that cannot be read as it is written now: what it said when it was last good. Kept on the
 * object, so that a controller that starts anew does not take a typing mistake for a deletion.
 */
export const lastGoodAnnotation = 'berth.dev/last-good';

/** What an object says, without what others write of it. */
export function contentOf(resource: Resource): JsonObject {
  const {
    apiVersion: _version,
    kind: _kind,
    metadata: _metadata,
    status: _status,
    ...content
  } = {
    status: undefined,
    ...resource,
  };
  return content;
}

/**
 * Reads the annotation; undefined when it holds nothing that could have been kept. Whoever may annotate an object writes what
 * he likes there: which object it is, and what others write of it, is never taken from there.
 */
export function keptContent(kept: string | undefined): JsonObject | undefined {
  if (kept === undefined) return undefined;
  try {
    const content: unknown = JSON.parse(kept);
    if (!isJsonObject(content)) return undefined;
    const { apiVersion: _version, kind: _kind, metadata: _metadata, status: _status, ...said } = content;
    return said;
  } catch {
    return undefined;
  }
}
