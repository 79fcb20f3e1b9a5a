import type { AclRule, AclStage, SwitchAcls } from './acls.ts';
import type { Packet } from './packet.ts';
import type { Truth } from './truth.ts';

/** What becomes of packets at one place: all pass, all are taken, or some may be; and the rules that take them, or may. */
export type AclFate = {
  readonly kind: 'passed' | 'taken' | 'perhaps';
  readonly by: readonly TakingRule[];
};

/** A rule that takes packets, and which. */
export type TakingRule = {
  readonly rule: AclRule;
  /** What its match asks of them beside what is known; empty where it takes all. */
  readonly of: string;
  /** What rules before it let pass. */
  readonly but: readonly AclRule[];
};

const passed: AclFate = { kind: 'passed', by: [] };

/** What the ACLs of a switch do to packets at one place: of those that match, the one of highest priority decides (ovn-nb(5), ACL). */
export function fateAt(acls: SwitchAcls, stage: AclStage, packet: Packet): AclFate {
  const rules = acls.stages[stage];
  const isSure = !acls.isStateful || !rules.some((rule) => isStateless(rule) && rule.test(packet) !== false);
  const before: { readonly mayPass: AclRule[]; readonly mayTake: TakingRule[] } = {
    mayPass: [],
    mayTake: [],
  };
  for (const group of Map.groupBy(rules, ({ row }) => row.priority).values()) {
    const told = group.map((rule) => ({ rule, truth: truthOf(rule, packet) }));
    const some = (isTaking: boolean, wanted: Truth): readonly AclRule[] =>
      told.flatMap(({ rule, truth }) => (rule.takes === isTaking && truth === wanted ? [rule] : []));
    const taking = (found: readonly AclRule[]): readonly TakingRule[] =>
      found.map((rule) => ({ rule, of: rule.rest(packet), but: [...before.mayPass] }));
    before.mayPass.push(...some(false, undefined));
    before.mayTake.push(...taking(some(true, undefined)));
    const [taken, passing] = [some(true, true), some(false, true)];
    if (taken.length > 0) {
      const by = [...taking(taken), ...before.mayTake];
      const isAll = before.mayPass.length === 0 && passing.length === 0 && isSure;
      return { kind: isAll ? 'taken' : 'perhaps', by };
    }
    if (passing.length > 0) return afterPass(acls, stage, before.mayTake);
  }
  if (acls.dropsRest)
    return { kind: before.mayPass.length > 0 || !isSure ? 'perhaps' : 'taken', by: before.mayTake };
  return before.mayTake.length === 0 ? passed : { kind: 'perhaps', by: before.mayTake };
}

/**
 * Where a rule lets them pass, after others that may have taken some. With `default_acl_drop` releases differ in whether the other of the
 * two places for packets from a port drops them all the same.
 */
function afterPass({ dropsRest }: SwitchAcls, stage: AclStage, mayTake: readonly TakingRule[]): AclFate {
  const isSure = mayTake.length === 0 && !(dropsRest && stage !== 'to-lport');
  return isSure ? passed : { kind: 'perhaps', by: mayTake };
}

/** Tiers and verdicts of later releases have an order of their own: of such a rule nothing is sure. */
function truthOf({ row, test }: AclRule, packet: Packet): Truth {
  const isNewer = ('tier' in row && row.tier !== 0) || !known.has(row.action);
  const truth = test(packet);
  return isNewer && truth === true ? undefined : truth;
}

const known: ReadonlySet<string> = new Set(['allow', 'allow-related', 'allow-stateless', 'drop', 'reject']);

/** These come before all others where replies are followed, whatever their priority (ovn-nb(5), ACL priority). */
function isStateless({ row }: AclRule): boolean {
  return row.action === 'allow-stateless';
}
