import { z } from 'zod';
import { objectName } from '../field/name.ts';
import type { DeepReadonly } from './readonly.ts';

/** `Condition` of Kube-OVN, with Kubernetes' `observedGeneration`; a list of them is a map by `type`. */
export const conditionSchema = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().optional(),
  message: z.string().optional(),
  observedGeneration: z.int().optional(),
  lastUpdateTime: z.string().optional(),
  lastTransitionTime: z.string().optional(),
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
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

/** One condition of a status (API conventions, "Typical status properties"). */
export type Condition = DeepReadonly<z.infer<typeof conditionSchema>>;

/** Metadata of an object of our kinds; of Kubernetes' kinds it is at least this. */
export type Metadata = DeepReadonly<z.infer<typeof metadataSchema>>;
