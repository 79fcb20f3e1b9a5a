import { formatRef } from '@berth/api';
import type { ObjectRef } from '../finding/finding.ts';
import type { VpcIntent } from '../intent/intent.ts';
import { type Answer, answerOf } from './answer.ts';
import { answerTo } from './floating-ip.ts';
import { answerOfForward } from './port-forward.ts';
import { answerOfSource } from './source-nat.ts';
import { isWaiting, type Verdict, verdictIn } from './verdict.ts';
import type { View } from './view.ts';

/**
 * Why nobody answers for a rule, as the rule itself says it; undefined where somebody does, where that is not known, or where it is only waited for.
 */
export function unansweredRule(rule: ObjectRef, view: View): Verdict | undefined {
  const answer = answerOfRule(rule, view);
  return answer && unanswered(answer, rule);
}

/** The same of the address of a router port on an external subnet. */
export function unansweredPort(vpc: VpcIntent, subnet: string, view: View): Verdict | undefined {
  const { verdict, node } = answerAtPort(vpc, subnet, view);
  return unanswered({ ...verdict, node }, vpc.ref);
}

/** What keeps gateways from answering, of every router port, as one text: what nobody else tells of rules that only gateways translate. */
export function gatewaysText(view: View): string {
  const all = [...view.vpcs.values()].flatMap((vpc) =>
    vpc.attachments.flatMap(({ subnet }) => {
      const { ready, message } = answerAtPort(vpc, subnet, view).verdict;
      return ready ? [] : [[vpc.name, subnet, message]];
    }),
  );
  return all.length === 0 ? '' : JSON.stringify(all);
}

function answerAtPort(vpc: VpcIntent, subnet: string, view: View): Answer {
  return answerOf({ vpc, subnet, how: 'centralized', port: undefined }, view);
}

type Given = Verdict & { readonly node: string | undefined };

function answerOfRule({ kind, name }: ObjectRef, view: View): Given | undefined {
  const { lookup } = view;
  if (kind === 'OvnFip') {
    const [fip, found] = [lookup.OvnFip.get(name), view.floatingIps.get(name)];
    return fip && found && answerTo(fip, found, view);
  }
  if (kind === 'OvnSnatRule') {
    const [rule, found] = [lookup.OvnSnatRule.get(name), view.sourceNats.get(name)];
    return rule && found && answerOfSource(rule, found, view);
  }
  const [rule, found] = [lookup.OvnDnatRule.get(name), view.portForwards.get(name)];
  return rule && found && answerOfForward(rule, found, view);
}

function unanswered(answer: Given, by: ObjectRef): Verdict | undefined {
  const { ready, isUnknown, reason, message, node } = answer;
  if (ready || isUnknown || node !== undefined || isWaiting(reason)) return undefined;
  return { ...verdictIn(answer), message: `${formatRef(by)}: ${message}` };
}
