import { type Condition, formatRef, type Resource, refKey, refOf } from '@berth/api';
import { formerAt } from '../fabric/as-before.ts';
import type { Fabric } from '../fabric/fabric.ts';
import { strayingAt } from '../fabric/former-gateways.ts';
import { frozenChassis, hasRowsOf, wakingCure } from '../fabric/frozen.ts';
import { frozenCure } from '../fabric/frozen-cure.ts';
import { overtakenAt } from '../fabric/overtaken.ts';
import { unacquaintedAt } from '../fabric/unacquainted.ts';
import type { FrozenAt } from './answer.ts';
import { broken, type FindingsByObject, untold, type Verdict } from './verdict.ts';
import type { View } from './view.ts';

type Told = Pick<Resource, 'kind' | 'metadata'> & {
  readonly status?: { readonly conditions?: readonly Condition[] | undefined } | undefined;
};

/**
 * Whether an object was told to do what it should, as it is written now: where its rows do not say when they changed, this tells best whether
 * they reached the nodes before one of them stood still.
 */
export function wasInstalled({ metadata, status }: Pick<Told, 'metadata' | 'status'>): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') return false;
  const { observedGeneration } = ready;
  return (
    observedGeneration === undefined || observedGeneration === (metadata.generation ?? observedGeneration)
  );
}

type Given = Verdict & { readonly node: string | undefined; readonly frozen?: FrozenAt | undefined };

type Asked = {
  readonly rule: Told;
  readonly how: string;
  readonly port: string | undefined;
  /** The router port by which it leaves. */
  readonly gatewayPort: string;
  /** The external addresses of the rule. */
  readonly ips: readonly string[];
};

/**
 * Who answers for a rule, unless a node on the way stands still and has not what was written of the rule, or of the port of its workload: then
 * nobody does yet, or nobody knows.
 */
export function unlessFrozen<T extends Given>(
  asked: Asked,
  answer: T,
  { fabric, findings }: Pick<View, 'fabric' | 'findings'>,
): T {
  if (!answer.ready || answer.node === undefined) return answer;
  return (
    notInstalled(asked, answer, fabric) ??
    withoutNeighbours(asked, answer, fabric) ??
    perhapsDead(asked, answer) ??
    answeredTwice(asked, answer, findings) ??
    overtaken(asked, answer, fabric) ??
    answer
  );
}

/** That the node that answers has not the rule, or the port of its workload. */
function notInstalled<T extends Given>(
  { rule, how, port, ips }: Asked,
  answer: T,
  fabric: Fabric,
): T | undefined {
  const { node, frozen } = answer;
  if (frozen === undefined) return undefined;
  const has = (object: string): boolean | undefined => hasRowsOf(fabric, frozen.chassis, object);
  const hasRule = has(formatRef(refOf(rule))) ?? wasInstalled(rule);
  const hasPort = port === undefined || has(formatRef({ kind: 'IP', name: port })) !== false;
  if (hasRule && hasPort) return undefined;
  const cure = frozenCure(fabric, frozen.chassis, { why: frozen.why, node });
  const objects = [formatRef(refOf(rule))];
  if (!hasRule && ips.some((ip) => formerAt(fabric, frozen.chassis, { ip, objects, port }) === 'own')) {
    const message = `${how}: ${node} should answer, and whether its flows of before do so still is not known: the address was there, changed since, and ${frozen.why}`;
    return { ...answer, ...untold('node-frozen', message, cure) };
  }
  const message = `${how}: ${node} should answer, and it is not yet installed there: ${frozen.why}`;
  return { ...answer, ...broken('node-frozen', message, cure), node: undefined };
}

/** That the workload's node, which is not the one that answers, does not send its packets there. */
function overtaken<T extends Given>(
  { rule, how, port, gatewayPort }: Asked,
  answer: T,
  fabric: Fabric,
): T | undefined {
  if (port === undefined) return undefined;
  const found =
    overtakenAt(fabric, port, [formatRef(refOf(rule))]) ??
    strayingAt(fabric, port, gatewayPort) ??
    unacquaintedAt(fabric, port, gatewayPort);
  if (found === undefined) return undefined;
  if (found.chassis === answer.frozen?.chassis && !answer.frozen.knowsNobody) return undefined;
  const message = `${how}: ${answer.node} answers, but ${found.what}`;
  const verdict = found.isCertain ? broken : untold;
  const why = frozenChassis(fabric).get(found.chassis);
  return {
    ...answer,
    ...verdict('node-frozen', message, frozenCure(fabric, found.chassis, { why, node: found.node })),
  };
}

/** That the node had learned of nobody outside before it stood still: nothing leaves it, and no answer does. */
function withoutNeighbours<T extends Given>(
  { how, port, gatewayPort }: Asked,
  answer: T,
  fabric: Fabric,
): T | undefined {
  const { node, frozen } = answer;
  if (!frozen?.knowsNobody) return undefined;
  const own = port === undefined ? undefined : unacquaintedAt(fabric, port, gatewayPort);
  // The workload's own node may know of somebody whom SB has forgotten.
  if (own && !own.isCertain) return undefined;
  const message = `${how}: ${node} should answer, and had learned of no neighbour outside before it stood still: ${frozen.why}`;
  const cure = frozenCure(fabric, frozen.chassis, { why: frozen.why, node });
  return { ...answer, ...broken('node-frozen', message, cure), node: undefined };
}

/** That nothing tells of the node that answers that it is not dead. */
function perhapsDead<T extends Given>({ how }: Asked, answer: T): T | undefined {
  const { node, frozen } = answer;
  if (frozen === undefined || frozen.isVouchedFor) return undefined;
  const message = `${how}: ${node} should answer, and whether it is alive is not known: ${frozen.why}`;
  return { ...answer, ...untold('chassis-stale', message, wakingCure(frozen.why, `on node ${node}`)) };
}

/** That a node that had the address may answer as well. */
function answeredTwice<T extends Given>(
  { rule }: Asked,
  answer: T,
  findings: FindingsByObject,
): T | undefined {
  const found = findings.get(refKey(refOf(rule)))?.find(({ code }) => code === 'address-lingers');
  return found && { ...answer, ...untold(found.code, `${answer.message}; ${found.message}`, found.cure) };
}
