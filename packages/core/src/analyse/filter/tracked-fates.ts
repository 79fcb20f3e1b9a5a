import { type AclFate, fateAt } from './acl-fate.ts';
import { type AclRule, type AclStage, isStateless, type SwitchAcls } from './acls.ts';
import type { CtState, Packet } from './packet.ts';
import { allOf, anyOf, notOf, type Truth } from './truth.ts';

/**
 * What becomes of the packets of a conversation on a switch. Only at the port of a workload they go through conntrack (`tracked`, undefined
 * where they never do): there what comes back passes, and so it does at the port by which it leaves, as what conntrack said of it stays with
 * it; what comes from a router is not tracked before it is there.
 */
export function talkFates(
  acls: SwitchAcls,
  tracked: string | undefined,
  request: Packet,
  reply: Packet,
): readonly AclFate[] {
  const isRequestFree = isUntracked(acls, tracked, request);
  const isReplyFree = isUntracked(acls, tracked, reply);
  const asked = statesOf(acls, isRequestFree, ['trk', 'new'], ['trk', 'est']).flatMap((ct) =>
    fatesOf(acls, tracked, request, ct),
  );
  // A request that nobody commits makes its reply a new one.
  const isFollowed = tracked === undefined ? false : notOf(anyOf([isRequestFree, isReplyFree]));
  const all = statesOf(acls, isReplyFree, ['trk', 'new']).flatMap((ct) => fatesOf(acls, tracked, reply, ct));
  const orphans = orphaned(acls, tracked, request, allOf([isRequestFree, notOf(isReplyFree)]));
  if (isFollowed === false) return [...asked, ...all, ...orphans];
  const before = reply.outport === tracked ? fatesFrom(acls, { ...reply, ct: [] }) : [];
  if (isFollowed === true) return [...asked, ...before];
  return [...asked, ...before, ...all.map(unsure), ...orphans];
}

/** A reply of TCP or ICMP begins no connection: conntrack that has not seen what it answers has it dropped (ovn-northd(8), ct.inv). */
function orphaned(
  acls: SwitchAcls,
  tracked: string | undefined,
  request: Packet,
  isOrphan: Truth,
): readonly AclFate[] {
  const isMeant = request.protocol === undefined || request.protocol === 'tcp' || request.protocol === 'icmp';
  if (tracked === undefined || isOrphan === false || !isMeant) return [];
  const by = statelessRules(acls, tracked, request).map((rule) => {
    return { rule, of: rule.rest(request), but: [], orphans: true } as const;
  });
  const isSure = isOrphan === true && request.protocol !== undefined;
  return [{ kind: isSure ? 'taken' : 'perhaps', by, dropsRest: false }];
}

/**
 * Where a packet is asked for on its way in and on its way out, with what conntrack says of it. What begins a connection northd has committed
 * before it leaves the port of a workload behind, and Open vSwitch takes what is committed for untracked from there on (ovs-actions(7), ct).
 */
function fatesOf(
  acls: SwitchAcls,
  tracked: string | undefined,
  packet: Packet,
  ct: readonly CtState[] | undefined,
): readonly AclFate[] {
  const leaving = (state: Packet['ct']) => fatesTo(acls, { ...packet, ct: state });
  if (tracked === undefined || packet.inport !== tracked)
    return [...fatesFrom(acls, { ...packet, ct: [] }), ...leaving(tracked === undefined ? [] : ct)];
  const entering = fatesFrom(acls, { ...packet, ct });
  return [...entering, ...leaving(ct?.includes('new') ? [] : ct)];
}

const from: readonly AclStage[] = ['from-lport', 'from-lport-after-lb'];
const to: readonly AclStage[] = ['to-lport'];

/** What becomes of packets that come from a port: by which they leave is not decided yet. */
export function fatesFrom(acls: SwitchAcls, packet: Packet): readonly AclFate[] {
  return fatesAt(acls, from, { ...packet, outport: '' });
}

/** What becomes of packets that leave by a port. */
export function fatesTo(acls: SwitchAcls, packet: Packet): readonly AclFate[] {
  return fatesAt(acls, to, packet);
}

function fatesAt(acls: SwitchAcls, stages: readonly AclStage[], packet: Packet): readonly AclFate[] {
  return stages.flatMap((stage) =>
    acls.stages[stage].length === 0 && !acls.dropsRest ? [] : [fateAt(acls, stage, packet)],
  );
}

/** What conntrack may say; nothing of a packet that an ACL keeps from it. */
function statesOf(
  { asksConntrack }: SwitchAcls,
  isFree: Truth,
  ...states: readonly (readonly CtState[])[]
): readonly (readonly CtState[] | undefined)[] {
  if (isFree === true) return [[]];
  if (!asksConntrack) return states.slice(0, 1);
  return isFree === undefined ? [undefined] : states;
}

/** Whether an ACL `allow-stateless` keeps a packet from conntrack. */
function isUntracked(acls: SwitchAcls, tracked: string | undefined, packet: Packet): Truth {
  if (tracked === undefined) return true;
  return anyOf(statelessRules(acls, tracked, packet).map(({ test }) => test(atPort(tracked, packet))));
}

/** The rules that may: they are looked for among those for the direction that a packet has at the tracked port. */
function statelessRules({ stages }: SwitchAcls, tracked: string, packet: Packet): readonly AclRule[] {
  const rules = packet.inport === tracked ? from.flatMap((stage) => stages[stage]) : stages['to-lport'];
  return rules.filter(({ row, test }) => isStateless(row) && test(atPort(tracked, packet)) !== false);
}

function atPort(tracked: string, packet: Packet): Packet {
  return { ...packet, ct: [], ...(packet.inport === tracked && { outport: '' }) };
}

function unsure(fate: AclFate): AclFate {
  return fate.kind === 'taken' ? { ...fate, kind: 'perhaps' } : fate;
}
