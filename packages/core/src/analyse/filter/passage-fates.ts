import { droppedBy, partOf } from './acl-drop.ts';
import { type AclFate, fateAt } from './acl-fate.ts';
import type { AclStage, SwitchAcls } from './acls.ts';
import { type Filtered, unfiltered } from './filtered.ts';
import type { Packet } from './packet.ts';
import type { Passage } from './passage.ts';
import { talkPacket } from './talk.ts';

/** What the ACLs of a switch do to what goes through it. */
export type PassageFates = { readonly inbound: Filtered; readonly outbound: Filtered };

type Place = { readonly stages: readonly AclStage[]; readonly packet: Packet };

const from: readonly AclStage[] = ['from-lport', 'from-lport-after-lb'];
const to: readonly AclStage[] = ['to-lport'];

/** Works out both directions at once: each is a request and its reply. */
export function passageFates(acls: SwitchAcls, passage: Passage): PassageFates {
  const { ip, isWorkload } = passage;
  const kind = ip.includes(':') ? 'ip6' : 'ip4';
  const at = ({ stages, packet }: Place): readonly AclFate[] => fatesAt(acls, stages, packet);
  const into = (which: 'request' | 'reply') => arriving(passage, kind, which).map(at);
  const out = (which: 'request' | 'reply') => leaving(passage, kind, which).map(at);
  const neighbours = neighbourPackets(passage, kind).flatMap(at);
  // What the router answers for is found as long as the workload's switch is all that drops.
  const isAnswered = isWorkload || neighbours.every((fate) => fate.kind === 'passed');
  const isFollowed = acls.isStateful && isWorkload;
  // The port of the workload follows connections: a reply passes there, and elsewhere most likely.
  const reply = (atInner: readonly AclFate[] = [], elsewhere: readonly AclFate[] = []): readonly AclFate[] =>
    isFollowed ? elsewhere.map(unsure) : [...atInner, ...elsewhere];
  const [fromOuter, toInner] = into('reply');
  const [fromInner, toOuter] = out('reply');
  return {
    inbound: told(acls, passage, isAnswered, [
      ...into('request').flat(),
      ...reply(fromInner, toOuter),
      ...neighbours,
    ]),
    outbound: told(acls, passage, isAnswered, [
      ...out('request').flat(),
      ...reply(toInner, fromOuter),
      ...neighbours,
    ]),
  };
}

/** Packets for the workload, where they come in and where they go out of the switch. */
function arriving(
  { outer, inner, ip, notIn, talk }: Passage,
  kind: 'ip4' | 'ip6',
  which: 'request' | 'reply',
): readonly Place[] {
  const packet = { kind, notIn, inport: outer, src: talk?.peer, dst: ip, ...talkPacket(talk, kind, which) };
  return [
    { stages: from, packet },
    { stages: to, packet: { ...packet, outport: inner } },
  ];
}

/** The same of those from it. */
function leaving(
  { outer, inner, ip, notIn, talk }: Passage,
  kind: 'ip4' | 'ip6',
  which: 'request' | 'reply',
): readonly Place[] {
  const packet = { kind, notIn, inport: inner, src: ip, dst: talk?.peer, ...talkPacket(talk, kind, which) };
  return [
    { stages: from, packet },
    { stages: to, packet: { ...packet, outport: outer } },
  ];
}

function fatesAt(acls: SwitchAcls, stages: readonly AclStage[], packet: Packet): readonly AclFate[] {
  return stages.flatMap((stage) =>
    acls.stages[stage].length === 0 && !acls.dropsRest ? [] : [fateAt(acls, stage, packet)],
  );
}

/** Neighbour solicitations and advertisements (RFC 4861, section 4). */
const discoveries = [135, 136];

/** How the two ends find each other: a workload asks for its router, which knows it; on the outside both ask. */
function neighbourPackets({ outer, inner, isWorkload }: Passage, kind: 'ip4' | 'ip6'): readonly Place[] {
  const packets: readonly Packet[] =
    kind === 'ip4'
      ? [{ kind: 'arp' }]
      : discoveries.map((icmpType) => ({ kind, protocol: 'icmp', icmpType }));
  const ports = isWorkload ? [inner] : [inner, outer];
  return ports.flatMap((port) =>
    packets.flatMap((packet): readonly Place[] => [
      { stages: from, packet: { ...packet, inport: port } },
      { stages: to, packet: { ...packet, outport: port } },
    ]),
  );
}

function unsure(fate: AclFate): AclFate {
  return fate.kind === 'taken' ? { ...fate, kind: 'perhaps' } : fate;
}

function told(acls: SwitchAcls, passage: Passage, isAnswered: boolean, fates: readonly AclFate[]): Filtered {
  const taken = fates.find(({ kind }) => kind === 'taken');
  if (taken !== undefined)
    return { ...unfiltered, obstacle: { ...droppedBy(acls, passage, taken), isAnswered } };
  const perhaps = fates.filter(({ kind }) => kind === 'perhaps');
  if (perhaps.length === 0) return unfiltered;
  const drops = perhaps.flatMap((fate) => partOf(acls, passage, fate));
  return {
    ...unfiltered,
    drops: [...new Map(drops.map((drop) => [`${drop.by} ${drop.what}`, drop])).values()],
  };
}
