import {
  allowedNamespacesAnnotation,
  formatRef,
  isRuleKind,
  type OvnEip,
  refOf,
  resourceSetOf,
} from '@berth/api';
import { emptyFabric } from '../fabric/fabric.ts';
import type { Finding } from '../finding/finding.ts';
import { list, shortened } from '../finding/list.ts';
import { finding } from '../finding/make.ts';
import { grantOf } from '../intent/eip-grant.ts';
import { intentOf } from '../intent/intent-of.ts';
import { annotationField } from '../intent/pod-annotation.ts';
import type { Settings } from '../intent/settings.ts';
import type { AdmissionQuestion } from './admit-object.ts';
import { nearby } from './nearby.ts';

/** How many rules are named: an API server may cut a warning off after 256 characters. */
const named = 3;

/**
 * That rules lose an EIP by a change of its grant, which works at once. It is for the owner of the EIP to do, so nothing keeps him from it;
 * it is told to him, as rules may be of others.
 */
export function grantLosses(
  { operation, object, before, resources }: AdmissionQuestion,
  settings: Settings,
): readonly Finding[] {
  if (operation !== 'UPDATE' || object.kind !== 'OvnEip' || before?.kind !== 'OvnEip') return [];
  const granted = grantOf(object);
  if (granted === undefined || granted.join() === grantOf(before)?.join()) return [];
  const near = nearby(object, resources);
  const refused = (eip: OvnEip): readonly Finding[] => {
    const { findings } = intentOf(resourceSetOf([...near, eip]), emptyFabric, settings);
    return findings.filter((each) => each.code === 'eip-not-granted' && isRuleKind(each.object?.kind ?? ''));
  };
  const known = new Set(refused(before).map(nameOf));
  const losers = [...new Set(refused(object).map(nameOf))].filter((name) => !known.has(name));
  if (losers.length === 0) return [];
  const verb = losers.length === 1 ? 'loses' : 'lose';
  return [
    finding('eip-not-granted', {
      severity: 'warning',
      object: refOf(object),
      field: annotationField(allowedNamespacesAnnotation),
      message: `${list(shortened(losers, named))} ${verb} it at once: their namespaces are not granted it any more`,
      cure: 'add these namespaces where that is not meant',
    }),
  ];
}

function nameOf({ object }: Finding): string {
  return object ? formatRef(object) : '';
}
