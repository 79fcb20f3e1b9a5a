import { type OvnSnatRule, refOf } from '@berth/api';
import { familyOf } from '@berth/net';
import type { SourceNatIntent, VpcIntent } from '../intent/intent.ts';
import { answerAtGateway } from './at-gateway.ts';
import { conditionsOf } from './condition.ts';
import { errorOfRule, needOfSource, sourcePort } from './held-up.ts';
import { unprogrammed } from './needed.ts';
import { unlessStrayed } from './strayed.ts';
import { readyField, verdictIn } from './verdict.ts';
import type { View } from './view.ts';

type SnatStatus = NonNullable<OvnSnatRule['status']>;

/** What an SNAT rule shows: what is programmed for it, and the node its traffic leaves through now. */
export function sourceNatStatus(rule: OvnSnatRule, view: View): SnatStatus {
  const found = view.sourceNats.get(rule.metadata.name);
  if (!found) return { ready: false, conditions: conditionsOf(rule, unprogrammed(rule, view), view) };
  const { rule: intent, vpc } = found;
  const need = needOfSource(intent, vpc, sourcePort(rule, intent));
  const error = errorOfRule(refOf(rule), need, view);
  const answer = answerOfSource(rule, found, view);
  const verdict = error ?? verdictIn(answer);
  return {
    vpc: vpc.name,
    ...addressesOf(intent),
    ready: readyField(verdict),
    berth: error ? undefined : answer.node,
    conditions: conditionsOf(rule, verdict, view),
  };
}

/** Through whom the traffic of an SNAT rule leaves that is programmed. */
export function answerOfSource(
  rule: OvnSnatRule,
  { rule: intent, vpc }: { readonly rule: SourceNatIntent; readonly vpc: VpcIntent },
  view: View,
): ReturnType<typeof answerAtGateway> {
  const ips = intent.pairs.map(({ external }) => external);
  const answer = answerAtGateway(rule, needOfSource(intent, vpc, sourcePort(rule, intent)), ips, view);
  return unlessStrayed(intent, vpc, answer, view);
}

function addressesOf({ pairs }: SourceNatIntent): SnatStatus {
  const v4 = pairs.find(({ external }) => familyOf(external) === 'IPv4');
  const v6 = pairs.find(({ external }) => familyOf(external) === 'IPv6');
  return { v4Eip: v4?.external, v6Eip: v6?.external, v4IpCidr: v4?.logical, v6IpCidr: v6?.logical };
}
