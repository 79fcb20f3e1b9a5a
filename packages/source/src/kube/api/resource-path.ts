import { agentKinds, apiVersionOf, type DefinedKindName, type Kind, kinds } from '@berth/api';

type Named = { readonly namespace?: string | undefined; readonly name?: string | undefined };

type Facts = Pick<Kind, 'group' | 'version' | 'plural'>;

const facts: { readonly [K in DefinedKindName]: Facts } = { ...kinds, ...agentKinds };

/** The path of a kind's objects, or of one of them. */
export function resourcePath(kind: DefinedKindName, { namespace, name }: Named = {}): string {
  const { plural } = facts[kind];
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${groupPath(facts[kind])}${within}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

/** The path of a kind's group and version. */
function groupPath(kind: Pick<Kind, 'group' | 'version'>): string {
  return `/${kind.group === '' ? 'api' : 'apis'}/${apiVersionOf(kind)}`;
}

/** The path of what teaches a cluster a kind; undefined for Kubernetes' own. */
export function definitionPath(kind: DefinedKindName): string | undefined {
  const { group, plural } = facts[kind];
  if (group === '') return undefined;
  return `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.${group}`;
}
