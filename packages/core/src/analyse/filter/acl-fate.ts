import type { AclRule, AclStage, SwitchAcls } from './acls.ts';
import type { Packet } from './packet.ts';
import type { Truth } from './truth.ts';

/** What becomes of packets at one place: all pass, all are taken, or nobody can tell; and the rules that take them, or may. */
export type AclFate = {
  readonly kind: 'passed' | 'taken' | 'perhaps';
  readonly by: readonly AclRule[];
};

const passed: AclFate = { kind: 'passed', by: [] };

/** What the ACLs of a switch do to packets at one place: of those that match, the one of highest priority decides (ovn-nb(5), ACL). */
export function fateAt(acls: SwitchAcls, stage: AclStage, packet: Packet): AclFate {
  const rules = acls.stages[stage];
  const isSure = !acls.isStateful || !rules.some((rule) => isStateless(rule) && rule.test(packet) !== false);
  const before: { mayPass: boolean; readonly mayTake: AclRule[] } = { mayPass: false, mayTake: [] };
  for (const group of Map.groupBy(rules, ({ row }) => row.priority).values()) {
    const told = group.map((rule) => ({ rule, truth: truthOf(rule, packet) }));
    const some = (isTaking: boolean, wanted: Truth): readonly AclRule[] =>
      told.flatMap(({ rule, truth }) => (rule.takes === isTaking && truth === wanted ? [rule] : []));
    before.mayPass ||= some(false, undefined).length > 0;
    before.mayTake.push(...some(true, undefined));
    const [taking, passing] = [some(true, true), some(false, true)];
    if (taking.length > 0) {
      const by = [...taking, ...before.mayTake];
      return { kind: before.mayPass || passing.length > 0 || !isSure ? 'perhaps' : 'taken', by };
    }
    if (passing.length > 0) return afterPass(acls, stage, before.mayTake);
  }
  if (acls.dropsRest) return { kind: before.mayPass || !isSure ? 'perhaps' : 'taken', by: before.mayTake };
  return before.mayTake.length === 0 ? passed : { kind: 'perhaps', by: before.mayTake };
}

/**
 * Where a rule lets them pass, after others that may have taken some. With `default_acl_drop` releases differ in whether the other of the
 * two places for packets from a port drops them all the same.
 */
function afterPass({ dropsRest }: SwitchAcls, stage: AclStage, mayTake: readonly AclRule[]): AclFate {
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
