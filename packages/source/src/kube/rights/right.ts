import { ApiError } from '../api/api-error.ts';
import { lacksRight } from './lacks-right.ts';

/** Something that RBAC allows or not. */
export type Right = {
  /** As in a rule: `list`, `watch`, `patch`. */
  readonly verb: string;
  /** Empty for Kubernetes' own. */
  readonly group: string;
  /** As in a rule: `ovn-fips`, `ovn-fips/status`. */
  readonly resource: string;
  /** Where one object is read: such a right may be given by name. */
  readonly name?: string;
};

const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** The right that a call of the API asks for first. */
export function askedRight(call: {
  readonly method: string;
  readonly path: string;
  readonly isWatch?: boolean;
}): Right {
  const words = call.path.split('/').filter((word) => word !== '');
  // Before the resource: `api/VERSION` or `apis/GROUP/VERSION`, and perhaps `namespaces/NAME`.
  const group = words[0] === 'apis' ? (words[1] ?? '') : '';
  const own = words.slice(words[0] === 'api' ? 2 : 3);
  const isNamespaced = own[0] === 'namespaces' && own.length > 2;
  const [plural = 'other', name, subresource] = isNamespaced ? own.slice(2) : own;
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  if (call.method !== 'GET') return { verb: verbs[call.method] ?? call.method, group, resource };
  if (name === undefined) return { verb: call.isWatch ? 'watch' : 'list', group, resource };
  return { verb: 'get', group, resource, name: decodeURIComponent(name) };
}

/** The right that the API server's authorizer misses; undefined for any other error, also where admission refuses with the same status. */
export function refusedRight(error: unknown): Right | undefined {
  if (error instanceof Error && error.cause instanceof ApiError) return refusedRight(error.cause);
  if (!(error instanceof ApiError) || error.status !== 403) return undefined;
  const [, verb = '', resource = '', group = ''] = lacksRight(error.message) ?? [];
  if (resource === '') return undefined;
  const [, name] = /^\S+ "([^"]+)" is forbidden/.exec(error.message) ?? [];
  return { verb, group, resource, ...(verb === 'get' && name !== undefined && { name }) };
}

/** `patch ovn-fips/status (kubeovn.io)`, `get nodes vnode-1`. */
export function formatRight({ verb, group, resource, name }: Right): string {
  return [verb, resource, name, group && `(${group})`].filter(Boolean).join(' ');
}
