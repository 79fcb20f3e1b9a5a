import { isJsonObject, type JsonObject, objectIn, textIn } from '../api/json.ts';

/** An object as the API server gives it. */
export type RawObject = JsonObject & { readonly metadata: JsonObject };

export function isRawObject(value: unknown): value is RawObject {
  return (
    isJsonObject(value) && isJsonObject(value['metadata']) && textIn(value['metadata'], 'name') !== undefined
  );
}

/** What tells an object from all others of its kind. */
export function rawKey({ metadata }: RawObject): string {
  return `${textIn(metadata, 'namespace') ?? ''}/${textIn(metadata, 'name')}`;
}

export function rawVersion({ metadata }: RawObject): string {
  return textIn(metadata, 'resourceVersion') ?? '';
}

/**
 * An object without what changes all the time and means nothing to us: heartbeats and images of nodes, containers of
 * pods. What is left is what a listing shows, so that it stays the same when only those change.
 */
export function withoutNoise(raw: RawObject): RawObject {
  const { managedFields: _managed, resourceVersion: _version, selfLink: _link, ...metadata } = raw.metadata;
  if (raw['kind'] === 'Pod') return { ...raw, metadata, spec: podSpec(raw), status: podStatus(raw) };
  if (raw['kind'] === 'Node') return { ...raw, metadata, status: nodeStatus(raw) };
  return { ...raw, metadata };
}

function podSpec(raw: RawObject): JsonObject {
  const { nodeName, nodeSelector, hostNetwork } = objectIn(raw, 'spec');
  return { nodeName, nodeSelector, hostNetwork };
}

function podStatus(raw: RawObject): JsonObject {
  const { phase, podIP, podIPs, conditions } = objectIn(raw, 'status');
  return { phase, podIP, podIPs, conditions: withoutHeartbeats(conditions) };
}

function nodeStatus(raw: RawObject): JsonObject {
  const { addresses, conditions } = objectIn(raw, 'status');
  return { addresses, conditions: withoutHeartbeats(conditions) };
}

function withoutHeartbeats(conditions: unknown): unknown {
  if (!Array.isArray(conditions)) return conditions;
  return conditions.map((condition: unknown) => {
    if (!isJsonObject(condition)) return condition;
    const { lastHeartbeatTime: _beat, lastProbeTime: _probe, ...rest } = condition;
    return rest;
  });
}
