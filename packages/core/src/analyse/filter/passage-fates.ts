import { droppedBy, partOf } from './acl-drop.ts';
import type { AclFate } from './acl-fate.ts';
import type { SwitchAcls } from './acls.ts';
import { distinct, type Filtered, unfiltered } from './filtered.ts';
import { frameFields } from './known-bits.ts';
import { neighbourPackets } from './neighbour-packets.ts';
import type { Packet } from './packet.ts';
import type { Passage } from './passage.ts';
import { type Turn, talkPacket } from './talk.ts';
import { fatesFrom, fatesTo, talkFates } from './tracked-fates.ts';

/** What the ACLs of a switch do to what goes through it. */
export type PassageFates = { readonly inbound: Filtered; readonly outbound: Filtered };

/** Works out both directions at once: each is a request and its reply. */
export function passageFates(acls: SwitchAcls, passage: Passage): PassageFates {
  const { ip, isWorkload } = passage;
  const kind = ip.includes(':') ? 'ip6' : 'ip4';
  const neighbours = neighbourFates(acls, passage, kind);
  // What the router answers for is found as long as the workload's switch is all that drops.
  const isAnswered = isWorkload || neighbours.every((fate) => fate.kind === 'passed');
  const tracked = acls.isStateful && isWorkload ? passage.inner : undefined;
  const into = (turn: Turn) => arriving(passage, kind, turn);
  const out = (turn: Turn) => leaving(passage, kind, turn);
  const of = (request: Packet, reply: Packet): Filtered =>
    told(acls, passage, isAnswered, [...talkFates(acls, tracked, request, reply), ...neighbours]);
  const [asked, asking] = [{ client: 'outside' }, { client: 'workload' }] as const;
  return {
    inbound: of(into({ ...asked, which: 'request' }), out({ ...asked, which: 'reply' })),
    outbound: of(out({ ...asking, which: 'request' }), into({ ...asking, which: 'reply' })),
  };
}

/** What comes for the workload. */
function arriving({ outer, inner, ip, notIn, talk, macs }: Passage, kind: 'ip4' | 'ip6', turn: Turn): Packet {
  const ends = { inport: outer, outport: inner, src: talk?.peer, dst: ip };
  const fields = frameFields(macs?.outer, macs?.inner);
  return { kind, notIn, fields, ...ends, ...talkPacket(talk, kind, turn) };
}

/** What comes from it. */
function leaving({ outer, inner, ip, notIn, talk, macs }: Passage, kind: 'ip4' | 'ip6', turn: Turn): Packet {
  const ends = { inport: inner, outport: outer, src: ip, dst: talk?.peer };
  const fields = frameFields(macs?.inner, macs?.outer);
  return { kind, notIn, fields, ...ends, ...talkPacket(talk, kind, turn) };
}

/** What ACLs do to how the ends find each other. Neighbour discovery of IPv6 passes all of them (ovn-northd(8), from-lport ACLs). */
function neighbourFates(acls: SwitchAcls, passage: Passage, kind: 'ip4' | 'ip6'): readonly AclFate[] {
  if (kind === 'ip6') return [];
  return neighbourPackets(passage).flatMap(({ asked, told: answer }) => [
    ...fatesFrom(acls, asked),
    ...fatesTo(acls, answer),
  ]);
}

function told(acls: SwitchAcls, passage: Passage, isAnswered: boolean, fates: readonly AclFate[]): Filtered {
  const taken = fates.find(({ kind }) => kind === 'taken');
  if (taken !== undefined)
    return { ...unfiltered, obstacle: { ...droppedBy(acls, passage, taken), isAnswered } };
  const perhaps = fates.filter(({ kind }) => kind === 'perhaps');
  if (perhaps.length === 0) return unfiltered;
  const drops = perhaps.flatMap((fate) => partOf(acls, passage, fate));
  return { ...unfiltered, drops: distinct(drops) };
}
