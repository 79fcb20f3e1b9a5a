import { z } from 'zod';
import { objectName } from '../field/name.ts';
import type { DeepReadonly } from './readonly.ts';

/** `Condition` of Kube-OVN, with Kubernetes' `observedGeneration`. */
export const conditionSchema = z.object({
  type: z.string().describe('What the condition is about, as Ready.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('True, False or Unknown.'),
  reason: z
    .string()
    .describe('Why, in one word for programs: the code of a finding in CamelCase.')
    .optional(),
  message: z.string().describe('Why, in a sentence for people.').optional(),
  observedGeneration: z.int().describe('The metadata.generation this was found for.').optional(),
  lastUpdateTime: z.string().describe('When the condition was last written (RFC 3339).').optional(),
  lastTransitionTime: z.string().describe('When status last changed (RFC 3339).').optional(),
});

/** The conditions of an object, one of each type. */
export const conditionsSchema = z.array(conditionSchema).meta({
  description: 'What is known about the object, one condition of each type; Ready sums it up.',
  ...listMapBy('type'),
});

const ownerReferenceSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string().optional(),
  controller: z.boolean().optional(),
});

const metadataFields = {
  name: objectName(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  /** Rises with every change of the spec; 1 for an object whose source has not counted yet. */
  generation: z.int().default(1),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  finalizers: z.array(z.string()).default([]),
  ownerReferences: z.array(ownerReferenceSchema).default([]),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
};

/** ObjectMeta of our kinds: a field Kubernetes does not have is a mistake. */
export const metadataSchema = z.strictObject({
  ...metadataFields,
  generateName: z.string().optional(),
  resourceVersion: z.string().optional(),
  selfLink: z.string().optional(),
  deletionGracePeriodSeconds: z.int().optional(),
  managedFields: z.array(z.unknown()).optional(),
});

/** ObjectMeta of Kubernetes' own kinds: what we do not know is carried along. */
export const looseMetadataSchema = z.looseObject(metadataFields);

/** LabelSelector of Kubernetes: all of `matchLabels` and `matchExpressions` must hold; an empty one matches everything. */
export const labelSelectorSchema = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).describe('Labels and the values they must have.').optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string().describe('Key of a label.'),
        operator: z
          .enum(['In', 'NotIn', 'Exists', 'DoesNotExist'])
          .describe('How the label is compared: In, NotIn, Exists or DoesNotExist.'),
        values: z.array(z.string()).describe('For In and NotIn: the values.').optional(),
      }),
    )
    .describe('Conditions on labels, all of which must hold.')
    .optional(),
});

/** What a CRD says of a list that server-side apply is to take as a map by these fields of its items. */
export function listMapBy(...keys: readonly string[]) {
  return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys };
}

/** One condition of a status (API conventions, "Typical status properties"). */
export type Condition = DeepReadonly<z.infer<typeof conditionSchema>>;

/** Metadata of an object of our kinds; of Kubernetes' kinds it is at least this. */
export type Metadata = DeepReadonly<z.infer<typeof metadataSchema>>;

/**
 * What a CRD says of a list that one writer always writes as a whole. Who owns which item is not kept then: for thousands of them that is
 * more than the list itself, and takes the API server half a minute.
 */
export const listAsOne = { 'x-kubernetes-list-type': 'atomic' } as const;
