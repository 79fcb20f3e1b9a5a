import type { Comparison } from '../../match/condition.ts';
import { type AclRule, type AclStage, type SwitchAcls, tierOf } from './acls.ts';
import { narrowed } from './narrow.ts';
import type { Packet } from './packet.ts';

/** What becomes of packets at one place: all pass, all are taken, or some may be; and the rules that take them, or may. */
export type AclFate = {
  readonly kind: 'passed' | 'taken' | 'perhaps';
  readonly by: readonly TakingRule[];
  /** Whether `default_acl_drop` takes what no rule is for. */
  readonly dropsRest: boolean;
};

/** A rule that takes packets, and which. */
export type TakingRule = {
  readonly rule: AclRule;
  /** What its match asks of them beside what is known; empty where it takes all. */
  readonly of: string;
  /** What rules before it let pass. */
  readonly but: readonly AclRule[];
  /** It lets requests pass without conntrack, through which their replies go: these are of no connection there, and dropped. */
  readonly orphans?: true;
};

/** What the ACLs of a switch do to packets at one place: of those that match, the one of highest priority decides (ovn-nb(5), ACL). */
export function fateAt(acls: SwitchAcls, stage: AclStage, packet: Packet): AclFate {
  const rules = acls.stages[stage].filter(({ test }) => test(packet) !== false);
  const found = ends(rules, packet, acls.dropsRest);
  const { dropsRest } = found;
  if (found.taking.size === 0 && !dropsRest) {
    // Releases differ in whether the other of the two places for packets from a port drops them all the same.
    return { kind: acls.dropsRest && stage !== 'to-lport' ? 'perhaps' : 'passed', by: [], dropsRest };
  }
  const by = rules.flatMap((rule): readonly TakingRule[] =>
    found.taking.has(rule) ? [{ rule, of: rule.rest(packet), but: [...(found.spared.get(rule) ?? [])] }] : [],
  );
  const [sure, others] = [true, false].map((isSure) =>
    by.filter(({ rule }) => (rule.test(packet) === true) === isSure),
  );
  return { kind: found.passes ? 'perhaps' : 'taken', by: [...(sure ?? []), ...(others ?? [])], dropsRest };
}

/** Where packets end. */
type Ends = {
  /** Rules that take some. */
  readonly taking: Set<AclRule>;
  /** By rule those before it that let some pass that it would have taken. */
  readonly spared: Map<AclRule, Set<AclRule>>;
  passes: boolean;
  dropsRest: boolean;
};

/** How many packets are told apart: beyond that nothing is sure. */
const mostPackets = 2_000;

/** Follows packets to their ends, telling them apart wherever a rule takes some of them. */
function ends(rules: readonly AclRule[], packet: Packet, isClosed: boolean): Ends {
  const found: Ends = { taking: new Set(), spared: new Map(), passes: false, dropsRest: false };
  const tiers = tiersOf(rules);
  const comparisons = rules.flatMap((rule) => rule.comparisons);
  let left = mostPackets;
  const follow = (each: Packet): void => {
    left -= 1;
    const end = endOf(tiers, each);
    if (end.asks === undefined) record(found, rules, each, { by: end.by, isClosed });
    else if (left <= 0) giveUp(found, rules, each);
    else for (const part of narrowed(each, end.asks, comparisons)) follow(part);
  };
  follow(packet);
  return found;
}

type Tiers = readonly (readonly (readonly AclRule[])[])[];

/** Rules that are asked at once, in the order in which they are. */
function tiersOf(rules: readonly AclRule[]): Tiers {
  return [...Map.groupBy(rules, ({ row }) => tierOf(row))]
    .toSorted(([left], [right]) => left - right)
    .map(([, some]) => [...Map.groupBy(some, ({ row }) => row.priority).values()]);
}

/** The rules that decide, none where no rule does; or what must be known of the packet before. */
type End = { readonly by: readonly AclRule[]; readonly asks?: Comparison };

/** `pass` ends a tier and leaves the rest to the next one (ovn-nb(5), ACL action). */
function endOf(tiers: Tiers, packet: Packet): End {
  for (const tier of tiers) {
    for (const group of tier) {
      const hits = group.filter(({ test }) => test(packet) !== false);
      const asks = hits.find(({ test }) => test(packet) === undefined)?.asked(packet);
      if (asks !== undefined) return { by: [], asks };
      const deciding = hits.filter(({ row }) => !isPass(row));
      if (deciding.length > 0) return { by: deciding };
      if (hits.length > 0) break;
    }
  }
  return { by: [] };
}

function isPass({ action }: { readonly action: string }): boolean {
  return action === 'pass';
}

type Decided = { readonly by: readonly AclRule[]; readonly isClosed: boolean };

/** Of two with one priority either may count. */
function record(found: Ends, rules: readonly AclRule[], packet: Packet, { by, isClosed }: Decided): void {
  if (by.length === 0 && isClosed) found.dropsRest = true;
  if (by.length === 0 && !isClosed) found.passes = true;
  const passing = by.filter(({ takes }) => !takes);
  for (const rule of by) if (rule.takes) found.taking.add(rule);
  const [first] = passing;
  if (first === undefined) return;
  found.passes = true;
  for (const rule of rules.slice(rules.indexOf(first)))
    if (rule.takes && !by.includes(rule) && rule.test(packet) !== false) spare(found, rule, passing);
}

function spare({ spared }: Ends, rule: AclRule, passing: readonly AclRule[]): void {
  spared.set(rule, new Set([...(spared.get(rule) ?? []), ...passing]));
}

/** Every rule that may take the packet is said to. */
function giveUp(found: Ends, rules: readonly AclRule[], packet: Packet): void {
  found.passes = true;
  const before: AclRule[] = [];
  for (const rule of rules.filter(({ test }) => test(packet) !== false)) {
    if (rule.takes) {
      found.taking.add(rule);
      spare(found, rule, before);
    } else before.push(rule);
  }
}
