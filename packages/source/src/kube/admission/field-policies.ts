import { type FieldRule, fieldRulesOf } from '@berth/api';
import type { FindingCode } from '@berth/core';
import type { Grant } from '../grants.ts';
import { eipFields, eipUse, type ImmutableField } from './immutable-fields.ts';
import { isChanged, isStaying, judgedKinds } from './judged-kinds.ts';
import { soundPolicy } from './policy-contradiction.ts';

const api = 'admissionregistration.k8s.io';

type Validation = {
  readonly expression: string;
  readonly message: string;
  readonly messageExpression?: string;
  readonly reason: 'Invalid' | 'Forbidden';
};

/**
 * A ValidatingAdmissionPolicy with its binding for each kind that users write: what the API server can tell of one
 * object by itself is refused there, with the finding's code, field and cure, and it takes no controller for that. An expression
 * that cannot be evaluated refuses nothing: the controller judges again.
 */
export function fieldPolicies(name: string): readonly Grant[] {
  return judgedKinds.flatMap(({ name: kind, group, plural }) => {
    const own = `${name}-${plural}`;
    const isEip = kind === 'OvnEip';
    const validations = [
      ...fieldRulesOf(kind).map(fieldValidation),
      ...(isEip ? eipFields.map(immutableValidation) : []),
      ...(kind === 'GatewayPolicy' ? [soundPolicy] : []),
    ];
    const policy = {
      apiVersion: `${api}/v1`,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: own },
      spec: {
        failurePolicy: 'Ignore',
        matchConstraints: {
          resourceRules: [
            { apiGroups: [group], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: [plural] },
          ],
        },
        matchConditions: [
          { name: 'is-changed', expression: isChanged },
          { name: 'is-staying', expression: isStaying },
        ],
        ...(isEip && { variables: [{ name: 'use', expression: eipUse }] }),
        validations,
      },
    };
    const binding = {
      apiVersion: `${api}/v1`,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: own },
      spec: { policyName: own, validationActions: ['Deny'] },
    };
    return [
      { collection: `/apis/${api}/v1/validatingadmissionpolicies`, object: policy },
      { collection: `/apis/${api}/v1/validatingadmissionpolicybindings`, object: binding },
    ];
  });
}

function fieldValidation({ field, problem, holds, message, cure, value, cureOf }: FieldRule): Validation {
  const head = `${problem satisfies FindingCode}: ${field}: `;
  const tail = cureOf ? `${text(`" ${message}; `)} + ${cureOf}` : text(`" ${message}; ${cure}`);
  return {
    expression: holds,
    message: `${head}the value ${message}; ${cure}`,
    ...(value !== undefined && { messageExpression: `${text(`${head}"`)} + ${value} + ${tail}` }),
    reason: 'Invalid',
  };
}

function immutableValidation({ field, before, after, isKept }: ImmutableField): Validation {
  const head = `${'immutable-field' satisfies FindingCode}: ${field}: `;
  const cure = 'make another OvnEip and let the rules use that, or delete the rules first';
  return {
    expression: `variables.use == '' || ${isKept}`,
    message: `${head}the value may not change while rules use the OvnEip; ${cure}`,
    messageExpression: `${text(`${head}`)} + ${before} + ' may not become ' + ${after} + ' while the OvnEip is used (' + variables.use + '); ${cure}'`,
    reason: 'Invalid',
  };
}

/** A text as an expression. */
function text(plain: string): string {
  return `'${plain.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
