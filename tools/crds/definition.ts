import { isJson, type Json, members, texts } from './json.ts';
import { structuralFaults } from './structural.ts';

const label = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const domain = /^[a-z0-9][-a-z0-9]*(?:\.[a-z0-9][-a-z0-9]*)+$/;
const columnTypes = ['string', 'integer', 'number', 'boolean', 'date'];
/** Fields and, of a list, all items or those that one field picks. */
const jsonPath = /^(?:\.\w+(?:\[\*\]|\[\?\(@\.\w+=="\w+"\)\])?)+$/;

/** Why an API server refuses a CustomResourceDefinition, each as `path: reason`; none for one that it takes. */
export function definitionFaults(definition: unknown): readonly string[] {
  if (!isJson(definition) || !isJson(definition['spec'])) return ['definition: has no spec'];
  const { apiVersion, kind, metadata, spec } = definition;
  return [
    ...(apiVersion === 'apiextensions.k8s.io/v1' && kind === 'CustomResourceDefinition'
      ? []
      : ['definition: is no CustomResourceDefinition of apiextensions.k8s.io/v1']),
    ...nameFaults(spec, isJson(metadata) ? metadata['name'] : undefined),
    ...versionFaults(spec),
  ];
}

function nameFaults(spec: Json, name: unknown): readonly string[] {
  const { group, scope } = spec;
  const names = isJson(spec['names']) ? spec['names'] : {};
  const { plural, singular, kind, listKind } = names;
  const words = [plural, singular, ...texts(names['shortNames']), ...texts(names['categories'])].map(String);
  return [
    ...(name === `${plural}.${group}` ? [] : [`metadata.name: must be ${plural}.${group}`]),
    ...(domain.test(String(group)) ? [] : ['spec.group: is no domain']),
    ...(scope === 'Cluster' || scope === 'Namespaced' ? [] : ['spec.scope: is Cluster or Namespaced']),
    ...words.filter((word) => !label.test(word)).map((word) => `spec.names: "${word}" is no DNS label`),
    ...[kind, listKind]
      .filter((each) => !label.test(String(each).toLowerCase()))
      .map((each) => `spec.names: "${each}" is no name of a kind`),
    ...(kind === listKind ? ['spec.names: kind and listKind must differ'] : []),
  ];
}

function versionFaults({ versions }: Json): readonly string[] {
  const all = Array.isArray(versions) ? versions.filter(isJson) : [];
  const stored = all.filter(({ storage }) => storage === true);
  const names = all.map(({ name }) => String(name));
  return [
    ...(stored.length === 1 ? [] : ['spec.versions: exactly one is stored']),
    ...(new Set(names).size === names.length ? [] : ['spec.versions: a name is there twice']),
    ...names.filter((name) => !label.test(name)).map((name) => `spec.versions: "${name}" is no DNS label`),
    ...all.flatMap(oneVersionFaults),
  ];
}

function oneVersionFaults(version: Json): readonly string[] {
  const { name, served, storage, schema, subresources, additionalPrinterColumns } = version;
  const columns = Array.isArray(additionalPrinterColumns) ? additionalPrinterColumns : [];
  const path = `spec.versions[${name}]`;
  return [
    ...(typeof served === 'boolean' && typeof storage === 'boolean'
      ? []
      : ['served and storage are missing']),
    ...members(subresources)
      .filter(([key]) => !['status', 'scale'].includes(key))
      .map(([key]) => `there is no subresource ${key}`),
    ...columns.flatMap(columnFaults),
    ...structuralFaults(isJson(schema) ? schema['openAPIV3Schema'] : undefined),
  ].map((reason) => `${path}: ${reason}`);
}

function columnFaults(column: unknown): readonly string[] {
  if (!isJson(column)) return ['a column is no object'];
  const { name, type, jsonPath: path } = column;
  return [
    ...(typeof name === 'string' && name !== '' ? [] : ['a column has no name']),
    ...(columnTypes.includes(String(type)) ? [] : [`column ${name} has no type`]),
    ...(jsonPath.test(String(path)) ? [] : [`column ${name} has no simple JSONPath`]),
  ];
}
