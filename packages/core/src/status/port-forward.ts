import { type OvnDnatRule, refOf } from '@berth/api';
import { familyOf } from '@berth/net';
import type { PortForwardIntent, VpcIntent } from '../intent/intent.ts';
import { answerAtGateway } from './at-gateway.ts';
import { conditionsOf } from './condition.ts';
import { errorOfRule, forwardPort, needOfForward } from './held-up.ts';
import { unprogrammed } from './needed.ts';
import { readyField, verdictIn } from './verdict.ts';
import type { View } from './view.ts';

type DnatStatus = NonNullable<OvnDnatRule['status']>;

/** What a DNAT rule shows: what is programmed for it, and the node that answers for its port now. */
export function portForwardStatus(rule: OvnDnatRule, view: View): DnatStatus {
  const found = view.portForwards.get(rule.metadata.name);
  if (!found) return { ready: false, conditions: conditionsOf(rule, unprogrammed(rule, view), view) };
  const { rule: intent, vpc } = found;
  const need = needOfForward(intent, vpc, forwardPort(rule, intent));
  const error = errorOfRule(refOf(rule), need, view);
  const answer = answerOfForward(rule, found, view);
  const verdict = error ?? verdictIn(answer);
  const { externalPort, internalPort, protocol, ipName } = rule.spec;
  return {
    vpc: vpc.name,
    ...addressesOf(intent),
    externalPort,
    internalPort,
    protocol,
    ipName,
    ready: readyField(verdict),
    berth: error ? undefined : answer.node,
    conditions: conditionsOf(rule, verdict, view),
  };
}

/** Who answers for the port of a DNAT rule that is programmed. */
export function answerOfForward(
  rule: OvnDnatRule,
  { rule: intent, vpc }: { readonly rule: PortForwardIntent; readonly vpc: VpcIntent },
  view: View,
): ReturnType<typeof answerAtGateway> {
  const ips = intent.forwards.map(({ external }) => external.ip);
  return answerAtGateway(rule, needOfForward(intent, vpc, forwardPort(rule, intent)), ips, view);
}

function addressesOf({ forwards }: PortForwardIntent): DnatStatus {
  const v4 = forwards.find(({ external }) => familyOf(external.ip) === 'IPv4');
  const v6 = forwards.find(({ external }) => familyOf(external.ip) === 'IPv6');
  return { v4Eip: v4?.external.ip, v6Eip: v6?.external.ip, v4Ip: v4?.logical.ip, v6Ip: v6?.logical.ip };
}
