import {
  allowAddressInUseAnnotation,
  allowDnatStopAnnotation,
  allowedNamespacesAnnotation,
  type Kind,
  type KindName,
  keepAnnotation,
  kinds,
} from '@berth/api';

/** The kinds that are judged on admission: those that users write, or delete. */
const judged = [
  'ProviderNetwork',
  'Vlan',
  'Vpc',
  'Subnet',
  'OvnEip',
  'OvnFip',
  'OvnSnatRule',
  'OvnDnatRule',
  'IP',
  'Vip',
  'GatewayPolicy',
] as const satisfies readonly KindName[];

/** What there is to know of each, without its schema. */
export const judgedKinds: readonly Pick<Kind, 'name' | 'group' | 'plural'>[] = judged.map(
  (name) => kinds[name],
);

/** Whether an object says something else than before, which its status, labels and finalizers do not. */
export const isChanged = "request.operation != 'UPDATE' || object.spec != oldObject.spec";

/** Annotations that users write and that say something. */
const annotations = [
  allowAddressInUseAnnotation,
  allowDnatStopAnnotation,
  allowedNamespacesAnnotation,
  keepAnnotation,
];

const annotationsOf = (object: string): string => `${object}.metadata.?annotations.orValue({})`;

/** Whether one of the annotations that we read says something else than before. */
export const isAnnotated = `${JSON.stringify(annotations)}.exists(key, ${annotationsOf('object')}[?key] != ${annotationsOf('oldObject')}[?key])`;

/** Whether an object is to stay; one that is on its way out must not be kept from it. */
export const isStaying = "request.operation == 'DELETE' || !has(object.metadata.deletionTimestamp)";
