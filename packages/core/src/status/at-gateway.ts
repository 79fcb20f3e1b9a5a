import type { OvnDnatRule, OvnSnatRule } from '@berth/api';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { type Answer, answerOf } from './answer.ts';
import type { Need } from './held-up.ts';
import { unlessFrozen } from './installed.ts';
import type { Verdict } from './verdict.ts';
import type { View } from './view.ts';

const how = 'centralized';

/** Who answers for the external addresses of a rule that none but the gateway translates. */
export function answerAtGateway(
  rule: OvnSnatRule | OvnDnatRule,
  need: Need,
  ips: readonly string[],
  view: View,
): Verdict & Omit<Answer, 'verdict'> {
  const { verdict, ...given } = answerOf({ ...need, how, port: undefined }, view);
  const gatewayPort = routerPortName(need.vpc.name, need.subnet);
  return unlessFrozen({ rule, how, port: need.target, gatewayPort, ips }, { ...verdict, ...given }, view);
}
