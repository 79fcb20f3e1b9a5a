import { type GatewayPolicy, refKey, refOf, resourceSetOf } from '@berth/api';
import type { FindingCode } from '../finding/catalogue.ts';
import type { Finding } from '../finding/finding.ts';
import { policiesOf } from '../intent/object/gateway-policy.ts';
import { isTerminating, lookupOf } from '../intent/object/lookup.ts';
import type { Settings } from '../intent/settings.ts';
import { grantLosses } from './admit-loss.ts';
import { type AdmissionQuestion, isAbout, youngestAge } from './admit-object.ts';

const warned: readonly FindingCode[] = ['policy-conflict', 'policy-idle'];

/** What is worth a word to whoever writes an object that is let pass. */
export function warningsOf(question: AdmissionQuestion, settings: Settings): readonly Finding[] {
  return [...policyWarnings(question), ...grantLosses(question, settings)];
}

/**
 * What is worth a word of a policy: that of two policies for one VPC it, or the other, does not count
 * (GEP-713), and values that decide about nothing. What was so before is not told again.
 */
function policyWarnings({ operation, object, resources }: AdmissionQuestion): readonly Finding[] {
  if (operation === 'DELETE' || object.kind !== 'GatewayPolicy' || isTerminating(object)) return [];
  const isMine = isAbout(object);
  const others = resources.GatewayPolicy.filter((each) => !isMine({ object: refOf(each) }));
  const found = (policies: readonly GatewayPolicy[]): readonly Finding[] => {
    const standing = policies.filter((each) => !isTerminating(each));
    return policiesOf(lookupOf(resourceSetOf([...resources.Vpc, ...standing]))).findings;
  };
  const known = new Set(found(resources.GatewayPolicy).map(keyOf));
  return found([...others, operation === 'CREATE' ? youngest(object) : object])
    .filter((each) => warned.includes(each.code) && !known.has(keyOf(each)))
    .filter((each) =>
      [each.object, ...each.related].some((ref) => ref !== undefined && isMine({ object: ref })),
    );
}

/** A policy that is new is younger than all others, also than one of the same second. */
function youngest(policy: GatewayPolicy): GatewayPolicy {
  return { ...policy, metadata: { ...policy.metadata, creationTimestamp: youngestAge } };
}

function keyOf({ code, object, field, message }: Finding): string {
  return [code, object && refKey(object), field, message].join('\0');
}
