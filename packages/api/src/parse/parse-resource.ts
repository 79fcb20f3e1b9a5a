import { apiVersionOf, type Kind } from '../kind/kind.ts';
import { isKindName, kinds } from '../kind/kinds.ts';
import type { ResourceRef } from '../kind/ref.ts';
import type { KindName, Resource } from '../kind/resource.ts';
import { berthGroup, kubeOvnGroup } from '../well-known.ts';
import { problemsOf } from './issue.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import { isJsonObject, type JsonObject, withoutEmptyTexts, withoutNulls } from './prune.ts';

type KindFacts = Omit<Kind, 'schema' | 'columns'>;

/** Kinds of Kube-OVN that exist but mean nothing to us, so that no other kind is suggested for them. */
const kubeOvnKindsNotRead: readonly string[] = [
  'DNSNameResolver',
  'IPPool',
  'IptablesDnatRule',
  'IptablesEIP',
  'IptablesFIPRule',
  'IptablesSnatRule',
  'QoSPolicy',
  'RouterLBRule',
  'SecurityGroup',
  'SwitchLBRule',
  'VpcDns',
  'VpcEgressGateway',
  'VpcNatGateway',
];

/** An object, or all that is wrong with it. */
export type ParsedResource =
  | { readonly ok: true; readonly resource: Resource }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads one object of JSON or YAML. A namespaced object that names no namespace is in `default`; a namespace given to
 * a cluster-scoped one is dropped, as Kubernetes does.
 */
export function parseResource(input: unknown): ParsedResource {
  const pruned = withoutNulls(input);
  if (!isJsonObject(pruned)) {
    return refuse({
      problem: 'wrong-type',
      field: '',
      message: 'this is not an object',
      cure: 'write apiVersion, kind, metadata and spec',
    });
  }
  const object = refIn(pruned);
  const kind = kindIn(pruned, object);
  return 'problem' in kind ? refuse(kind) : parseAs(kind.name, pruned, object);
}

/** The kind and name an object gives itself, however wrong the rest of it is. */
export function refIn(input: unknown): ResourceRef | undefined {
  if (!isJsonObject(input)) return undefined;
  const { kind, metadata } = input;
  if (!isJsonObject(metadata)) return undefined;
  const { name, namespace } = metadata;
  if (typeof kind !== 'string' || typeof name !== 'string' || kind === '' || name === '') return undefined;
  const namespaced = isKindName(kind) ? kinds[kind].namespaced : typeof namespace === 'string';
  if (!namespaced) return { kind, name };
  return { kind, namespace: typeof namespace === 'string' && namespace !== '' ? namespace : 'default', name };
}

function parseAs<K extends KindName>(
  name: K,
  input: JsonObject,
  object: ResourceRef | undefined,
): ParsedResource {
  const { schema } = kinds[name];
  const candidate = prepare(kinds[name], input);
  const result = schema.safeParse(candidate);
  const ofVersion = versionProblem(kinds[name], input, object);
  if (result.success && !ofVersion) return { ok: true, resource: result.data };
  const issues = result.error?.issues ?? [];
  const ofFields = issues.flatMap((issue) => problemsOf(issue, candidate, schema));
  return refuse(...(ofVersion ? [ofVersion] : []), ...ofFields.map((found) => ({ ...found, object })));
}

function prepare(kind: KindFacts, input: JsonObject): JsonObject {
  const { metadata = {}, spec = {} } = input;
  const prepared = {
    ...input,
    apiVersion: apiVersionOf(kind),
    metadata: isJsonObject(metadata) ? prepareMetadata(kind, metadata) : metadata,
  };
  return kind.group === kubeOvnGroup ? { ...prepared, spec: withoutEmptyTexts(spec) } : prepared;
}

function prepareMetadata({ namespaced }: KindFacts, metadata: JsonObject): JsonObject {
  const { namespace, ...rest } = metadata;
  if (!namespaced) return rest;
  return { ...rest, namespace: namespace === undefined || namespace === '' ? 'default' : namespace };
}

function kindIn(input: JsonObject, object: ResourceRef | undefined): Problem | { readonly name: KindName } {
  const { kind, apiVersion } = input;
  if (kind === undefined || kind === '') {
    return {
      problem: 'missing-field',
      field: 'kind',
      message: 'the object does not say its kind',
      cure: 'set apiVersion and kind',
    };
  }
  if (typeof kind !== 'string') {
    return {
      problem: 'wrong-type',
      field: 'kind',
      message: 'the kind is not a text',
      cure: 'write the name of a kind',
    };
  }
  const group = typeof apiVersion === 'string' ? groupOf(apiVersion) : '';
  if (isKindName(kind) && isMeant(kinds[kind], group)) return { name: kind };
  const upstream = kubeOvnKindsNotRead.includes(kind);
  const meant = isKindName(kind) || upstream ? undefined : nearest(kind, Object.keys(kinds));
  const versioned = typeof apiVersion === 'string' && apiVersion !== '';
  const foreign =
    versioned && meant === undefined && nearest(group, [kubeOvnGroup, berthGroup]) === undefined;
  return {
    problem: 'unknown-kind',
    object,
    field: 'kind',
    message: `kind ${kind}${group === '' ? '' : ` of ${group}`} is not one that Berth reads${upstream ? ' yet' : ''}`,
    cure: meant === undefined ? 'remove the object, or keep it in another folder' : `write ${meant}`,
    ...(foreign && { foreign }),
  };
}

/** Whether a group is the kind's own, or so near that it was meant. */
function isMeant({ group }: KindFacts, given: string): boolean {
  return given === group || given === '' || (group !== '' && nearest(given, [group]) !== undefined);
}

function versionProblem(
  kind: KindFacts,
  { apiVersion }: JsonObject,
  object: ResourceRef | undefined,
): Problem | undefined {
  const expected = apiVersionOf(kind);
  if (apiVersion === expected) return undefined;
  const cure = `write ${expected}`;
  if (apiVersion === undefined) {
    return {
      problem: 'missing-field',
      object,
      field: 'apiVersion',
      message: 'field "apiVersion" is missing',
      cure,
    };
  }
  return {
    problem: 'bad-value',
    object,
    field: 'apiVersion',
    message: `${kind.name} has no version "${apiVersion}"`,
    cure,
  };
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

function refuse(...problems: readonly Problem[]): ParsedResource {
  return { ok: false, problems };
}
