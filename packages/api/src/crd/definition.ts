import { z } from 'zod';
import { type AgentKindName, agentKinds } from '../kind/agent-kinds.ts';
import type { KindOf } from '../kind/kind.ts';
import { kinds } from '../kind/kinds.ts';
import type { KindName } from '../kind/resource.ts';
import type { Column } from '../resource/column.ts';
import { berthGroup, kubeOvnGroup } from '../well-known.ts';
import { type StructuralSchema, structuralSchema } from './structural-schema.ts';

/** A CustomResourceDefinition of `apiextensions.k8s.io/v1`. */
export type CustomResourceDefinition = {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: 'Cluster' | 'Namespaced';
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames: readonly string[];
      readonly categories: readonly string[];
    };
    readonly versions: readonly Version[];
  };
};

type Version = {
  readonly name: string;
  readonly served: true;
  readonly storage: true;
  readonly subresources: { readonly status?: Readonly<Record<string, never>> };
  readonly additionalPrinterColumns: readonly PrinterColumn[];
  readonly schema: { readonly openAPIV3Schema: StructuralSchema };
};

type PrinterColumn = {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  /** 1 for a column that only `-o wide` shows. */
  readonly priority?: 1;
};

/** The only fields of a spec that Kube-OVN's definitions require. */
const required: { readonly [K in DefinedKindName]?: readonly string[] } = {
  ProviderNetwork: ['defaultInterface'],
  Vlan: ['provider'],
};

/** A kind that clusters must be taught. */
export type DefinedKindName = KindName | AgentKindName;

type KindFacts = Omit<KindOf<DefinedKindName, unknown>, 'columns'>;

const facts: { readonly [K in DefinedKindName]: KindFacts } = { ...kinds, ...agentKinds };

/** The kinds that clusters must be taught; the others are Kubernetes' own. */
export const definedKinds: readonly DefinedKindName[] = Object.values(facts)
  .filter(({ group }) => group === kubeOvnGroup || group === berthGroup)
  .map(({ name }) => name);

/** The plural of a kind, which names its definition. */
export function pluralOf(name: DefinedKindName): string {
  return facts[name].plural;
}

/** What teaches a cluster one of `definedKinds`. */
export function customResourceDefinition(name: DefinedKindName): CustomResourceDefinition {
  const kind = facts[name];
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${kind.group}` },
    spec: {
      group: kind.group,
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: kind.name,
        listKind: `${kind.name}List`,
        plural: kind.plural,
        singular: kind.singular,
        shortNames: kind.shortNames,
        categories: kind.categories,
      },
      versions: [versionOf(kind)],
    },
  };
}

function versionOf(kind: KindFacts): Version {
  return {
    name: kind.version,
    served: true,
    storage: true,
    subresources: kind.hasStatus ? { status: {} } : {},
    additionalPrinterColumns: printerColumns(kind.name),
    schema: { openAPIV3Schema: objectSchema(kind) },
  };
}

function printerColumns(name: DefinedKindName): readonly PrinterColumn[] {
  return { ...kinds, ...agentKinds }[name].columns.map((column: Column<never>) => {
    if (!('jsonPath' in column)) throw new Error(`column ${column.heading} of ${name} shows no field`);
    const { heading, type, jsonPath, wide } = column;
    return { name: heading, type, jsonPath, ...(wide && { priority: 1 as const }) };
  });
}

/**
 * Of the metadata a definition may say nothing. A status keeps fields we do not know, so that going back to a later
 * Kube-OVN loses none of what it wrote.
 */
function objectSchema({ name, schema }: KindFacts): StructuralSchema {
  if (!(schema instanceof z.ZodObject)) throw new Error(`${name} is not read as an object`);
  const { spec, status } = schema.shape;
  const needed = required[name];
  return {
    ...(schema.description !== undefined && { description: schema.description }),
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      ...(spec && { spec: { ...structuralSchema(spec), ...(needed && { required: needed }) } }),
      ...(status && {
        status: { ...structuralSchema(status), 'x-kubernetes-preserve-unknown-fields': true },
      }),
    },
  };
}
