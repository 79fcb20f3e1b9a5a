import type { Prefix } from '../flows/address-text.ts';
import { type AclFate, fateAt } from './acl-fate.ts';
import { type AclRule, type AclStage, aclName, type SwitchAcls } from './acls.ts';
import { type Filtered, unfiltered } from './filtered.ts';
import type { Packet } from './packet.ts';

/** A way through a switch, between the port that is nearer to the outside and the one that is nearer to the workload. */
export type Passage = {
  /** Undefined where it is not known. */
  readonly outer: string | undefined;
  readonly inner: string;
  /** The address of the workload, as packets have it on this switch. */
  readonly ip: string;
  /** Whether a workload is at the inner port: those of routers and physical networks are not followed by conntrack. */
  readonly isWorkload: boolean;
  /** Networks in which the other end is not. */
  readonly notIn: readonly Prefix[];
};

/** What the ACLs of a switch do to what goes through it. */
export type PassageFates = { readonly inbound: Filtered; readonly outbound: Filtered };

type Place = { readonly stages: readonly AclStage[]; readonly packet: Packet };

/** Works out both directions at once: each is a request and its reply. */
export function passageFates(acls: SwitchAcls, passage: Passage): PassageFates {
  const { outer, inner, ip, isWorkload, notIn } = passage;
  const kind = ip.includes(':') ? 'ip6' : 'ip4';
  const from: readonly AclStage[] = ['from-lport', 'from-lport-after-lb'];
  const at = (stages: readonly AclStage[], packet: Packet): readonly AclFate[] =>
    fatesAt(acls, { stages, packet });
  const fromOuter = at(from, { kind, notIn, inport: outer, dst: ip });
  const toInner = at(['to-lport'], { kind, notIn, inport: outer, outport: inner, dst: ip });
  const fromInner = at(from, { kind, notIn, inport: inner, src: ip });
  const toOuter = at(['to-lport'], { kind, notIn, inport: inner, outport: outer, src: ip });
  const neighbours = neighbourPackets(passage, kind).flatMap(({ stages, packet }) => at(stages, packet));
  const isFollowed = acls.isStateful && isWorkload;
  // The port of the workload follows connections: a reply passes there, and elsewhere most likely.
  const reply = (atInner: readonly AclFate[], elsewhere: readonly AclFate[]): readonly AclFate[] =>
    isFollowed ? elsewhere.map(unsure) : [...atInner, ...elsewhere];
  return {
    inbound: told(acls, [...fromOuter, ...toInner, ...reply(fromInner, toOuter), ...neighbours]),
    outbound: told(acls, [...fromInner, ...toOuter, ...reply(toInner, fromOuter), ...neighbours]),
  };
}

function fatesAt(acls: SwitchAcls, { stages, packet }: Place): readonly AclFate[] {
  return stages.flatMap((stage) =>
    acls.stages[stage].length === 0 && !acls.dropsRest ? [] : [fateAt(acls, stage, packet)],
  );
}

/** How the two ends find each other: a workload asks for its router, which knows it; on the outside both ask. */
function neighbourPackets({ outer, inner, isWorkload }: Passage, kind: 'ip4' | 'ip6'): readonly Place[] {
  const packet = { kind: kind === 'ip4' ? ('arp' as const) : kind };
  const ports = isWorkload ? [inner] : [inner, outer];
  return ports.flatMap((port): readonly Place[] => [
    { stages: ['from-lport', 'from-lport-after-lb'], packet: { ...packet, inport: port } },
    { stages: ['to-lport'], packet: { ...packet, outport: port } },
  ]);
}

function unsure(fate: AclFate): AclFate {
  return fate.kind === 'taken' ? { ...fate, kind: 'perhaps' } : fate;
}

function told(acls: SwitchAcls, fates: readonly AclFate[]): Filtered {
  const taken = fates.find(({ kind }) => kind === 'taken');
  if (taken !== undefined) return { obstacle: obstacleOf(acls, taken), assumptions: [] };
  const perhaps = fates.filter(({ kind }) => kind === 'perhaps');
  if (perhaps.length === 0) return unfiltered;
  const rules = new Set(perhaps.flatMap(({ by }) => by));
  const texts = [...rules].map((rule) => `${ruleText(rule)} of switch ${acls.name}`);
  const rest = perhaps.some(({ by }) => by.length === 0)
    ? [`default_acl_drop of NB_Global, with the ACLs of switch ${acls.name},`]
    : [];
  return {
    obstacle: undefined,
    assumptions: [...texts, ...rest].map(
      (text) => `${text} may take some packets of addresses behind it: which ones is not worked out`,
    ),
  };
}

function obstacleOf({ name, row }: SwitchAcls, { by }: AclFate): NonNullable<Filtered['obstacle']> {
  const [first] = by;
  if (first === undefined)
    return {
      reason: 'acl-drops',
      why: `no ACL of switch ${name} lets it pass, and default_acl_drop of NB_Global drops the rest`,
      rows: [{ db: 'NB', table: 'Logical_Switch', uuid: row, name }],
      cure: `Add an ACL to switch ${name} that allows it, or remove default_acl_drop from the options of NB_Global`,
    };
  return {
    reason: 'acl-drops',
    why: `${ruleText(first)} of switch ${name}, and nothing before it lets it pass`,
    rows: [{ db: 'NB', table: 'ACL', uuid: first.row._uuid, name: aclName(first.row) }],
    cure: `Delete that ACL (ovn-nbctl acl-list ${name} shows it), or add one of a higher priority that allows it`,
  };
}

function ruleText({ row }: AclRule): string {
  return `ACL ${row.direction} ${row.priority} (${row.match}) ${row.action}`;
}
