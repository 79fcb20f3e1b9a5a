import { formatRef, type OvnEip, refKey, refOf } from '@berth/api';
import type { FindingCode } from '../finding/catalogue.ts';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { list, shortened } from '../finding/list.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { conditionsOf } from './condition.ts';
import { otherRulesOfEip, rulesOfEip } from './eip-use.ts';
import { heldUp, needOfRule } from './held-up.ts';
import { isInTheWay } from './in-the-way.ts';
import { unansweredPort, unansweredRule } from './unanswered.ts';
import { broken, errorBehind, errorOf, isSpokenOf, pending, programmed, type Verdict } from './verdict.ts';
import { nodeOf, type View } from './view.ts';

/** The words for kinds of rules in `status.nat`, in Kube-OVN's order. */
const ruleWords = { OvnDnatRule: 'dnat', OvnFip: 'fip', OvnSnatRule: 'snat' };

/** What a public address shows: what it is and which kinds of rules use it. The addresses are there already. */
export function eipStatus(eip: OvnEip, view: View): NonNullable<OvnEip['status']> {
  const verdict = verdictOf(eip, view);
  const kinds = rulesOfEip(eip.metadata.name, view).map(({ ref }) => ref.kind);
  const nat = Object.entries(ruleWords)
    .flatMap(([kind, word]) => (kinds.includes(kind) ? [word] : []))
    .join(',');
  return {
    ...eip.status,
    ready: verdict.ready,
    type: eip.spec.type || 'nat',
    nat: nat === '' ? undefined : nat,
    conditions: conditionsOf(eip, verdict, view),
  };
}

/** What the status and the labels of an EIP go by, where at most one rule uses it and nothing else does. */
export function eipBasis(eip: OvnEip, view: View): Record<string, unknown> | undefined {
  const { name } = eip.metadata;
  const [rule, second] = rulesOfEip(name, view);
  const hasAddress = Boolean(eip.status?.v4Ip ?? eip.status?.v6Ip);
  if (second || !hasAddress || eip.spec.type === 'lsp') return undefined;
  if (view.attachments.has(name) || isSpokenOf(eip, view.findings) || unreached(eip, view)) return undefined;
  const { defaultExternalSubnet } = view;
  return { rule, awaits: awaitedBy(eip, view), defaultExternalSubnet };
}

function verdictOf(eip: OvnEip, view: View): Verdict {
  const subnet = { kind: 'Subnet', name: eip.spec.externalSubnet || view.defaultExternalSubnet };
  const addresses = [eip.status?.v4Ip, eip.status?.v6Ip].filter((text) => text !== undefined && text !== '');
  const error = errorOf(refOf(eip), view.findings);
  if (error) return error;
  if (addresses.length === 0) {
    return errorBehind([subnet], view.findings) ?? pending(`waits for an address of ${formatRef(subnet)}`);
  }
  if (eip.spec.type === 'lsp' && !view.fabric.claims.has(eip.metadata.name))
    return pending(`${addresses.join(' and ')} waits for a node to claim port ${eip.metadata.name}`);
  return unreached(eip, view) ?? programmed(`${addresses.join(' and ')} ${useOf(eip, view)}`);
}

/** What is found of what an EIP is used for, so that nobody answers: NB lacks it, or has it of somebody else, or no gateway is alive. */
const unreachedBy: ReadonlySet<FindingCode> = new Set([
  'given-back',
  'gateways-lost',
  'not-programmed',
  'nat-ignored',
  'row-clash',
  'transaction-refused',
]);

/** The verdict over an EIP for which nobody answers, as its users say it: not for any rule that uses it, or not for the router port that it is the address of. */
function unreached(eip: OvnEip, view: View): Verdict | undefined {
  const { findings, fabric } = view;
  const isUnreached = (code: FindingCode): boolean => unreachedBy.has(code);
  const behind = (object: ObjectRef, isMeant = isUnreached): Verdict | undefined => {
    const error = errorOf(object, findings, isMeant);
    return error && { ...error, message: `${formatRef(object)}: ${error.message}` };
  };
  const errors = rulesOfEip(eip.metadata.name, view).map(({ ref }) => {
    const need = view.inTheWay.size === 0 ? undefined : needOfRule(ref, view);
    // As the rule says it: what is in the way goes before what is found of the packets.
    return (
      behind(ref, isInTheWay) ?? (need && heldUp(need, view)) ?? behind(ref) ?? unansweredRule(ref, view)
    );
  });
  const own = view.attachments.get(eip.metadata.name);
  if (!own) return errors.length > 0 && errors.every(Boolean) ? errors[0] : undefined;
  const port = routerPortName(own.vpc.name, own.attachment.subnet);
  const rows = fabric.northbound?.table('Logical_Router_Port').find({ name: port });
  const missing = rows?.length === 0 ? behind(own.vpc.ref) : undefined;
  const held = missing ?? heldUp({ vpc: own.vpc, subnet: own.attachment.subnet }, view);
  return held ?? lostGateways(own, view) ?? unansweredPort(own.vpc, own.attachment.subnet, view);
}

/** That the gateways of a router port are lost, as its VPC says of that subnet. */
function lostGateways(
  { vpc, attachment }: NonNullable<ReturnType<View['attachments']['get']>>,
  { findings }: View,
): Verdict | undefined {
  const isMeant = ({ code, related }: Finding): boolean =>
    code === 'gateways-lost' &&
    related.some(({ kind, name }) => kind === 'Subnet' && name === attachment.subnet);
  const found = findings.get(refKey(vpc.ref))?.find(isMeant);
  return found && broken(found.code, `${formatRef(vpc.ref)}: ${found.message}`, found.cure);
}

function useOf(eip: OvnEip, view: View): string {
  const port = view.attachments.get(eip.metadata.name);
  const users = rulesOfEip(eip.metadata.name, view).map(({ ref }) => formatRef(ref));
  const awaits = awaitedBy(eip, view);
  const and = awaits === undefined ? '' : `; ${awaits}`;
  const serves = users.length === 0 ? [] : [`serves ${users.join(', ')}`];
  if (port) {
    const own = `is the address of ${formatRef(port.vpc.ref)} on subnet/${port.attachment.subnet}`;
    return `${[own, ...serves].join(' and ')}${and}`;
  }
  if (eip.spec.type === 'lsp') {
    const chassis = view.fabric.claims.get(eip.metadata.name) ?? '';
    return `is the address of node ${nodeOf(view, chassis)}${and}`;
  }
  return serves[0] === undefined
    ? `is not used${awaits === undefined ? '' : ` yet: ${awaits}`}`
    : `${serves[0]}${and}`;
}

/** How many rules that are not ready are named. */
const named = 6;

/** Which rules name an EIP and are not programmed; undefined where none does. Why not each of them says itself. */
function awaitedBy(eip: OvnEip, view: View): string | undefined {
  const others = otherRulesOfEip(eip.metadata.name, view).map(formatRef);
  if (others.length === 0) return undefined;
  const one = others.length === 1;
  return `${list(shortened(others, named))} ${one ? 'names' : 'name'} it and ${one ? 'is' : 'are'} not ready`;
}
