import { type OvnFip, refOf } from '@berth/api';
import { familyOf } from '@berth/net';
import { runsAtWorkload } from '../compile/floating-ip.ts';
import type { FloatingIpIntent, VpcIntent } from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { conditionsOf } from './condition.ts';
import { withFlags } from './flag.ts';
import { errorOfRule, needOfFip } from './held-up.ts';
import { unlessFrozen } from './installed.ts';
import { unprogrammed } from './needed.ts';
import { type Answered, answered } from './programmed-fips.ts';
import { isSpokenOf, readyField, verdictIn } from './verdict.ts';
import type { View } from './view.ts';

type FipStatus = NonNullable<OvnFip['status']>;

/** What a floating IP shows: what is programmed for it, and the node that answers for it now. */
export function floatingIpStatus(fip: OvnFip, view: View): FipStatus {
  const programmedFip = view.floatingIps.get(fip.metadata.name);
  if (!programmedFip)
    return {
      ready: false,
      conditions: withFlags(conditionsOf(fip, unprogrammed(fip, view), view), fip, view),
    };
  const { fip: intent, vpc } = programmedFip;
  const error = errorOfRule(refOf(fip), needOfFip(intent, vpc), view);
  const answer = answerTo(fip, programmedFip, view);
  const verdict = error ?? verdictIn(answer);
  return {
    ...addressesOf(intent, vpc),
    ready: readyField(verdict),
    // What is nothing of ours runs where somebody else says.
    placement: error?.isUnknown ? undefined : intent.placement.effective,
    berth: error ? undefined : answer.node,
    conditions: withFlags(conditionsOf(fip, verdict, view), fip, view),
  };
}

/** What the status of a floating IP goes by that is programmed, where nothing is said of it. */
export function floatingIpBasis(fip: OvnFip, view: View): Record<string, unknown> | undefined {
  const programmedFip = view.floatingIps.get(fip.metadata.name);
  if (!programmedFip || isSpokenOf(fip, view.findings)) return undefined;
  return { intent: programmedFip.fip, ...answerTo(fip, programmedFip, view) };
}

type ProgrammedFip = { readonly fip: FloatingIpIntent; readonly vpc: VpcIntent };

/** Who answers for a floating IP that is programmed. */
export function answerTo(fip: OvnFip, { fip: intent, vpc }: ProgrammedFip, view: View): Answered {
  const how = intent.placement.effective;
  const ips = intent.pairs.map(({ external }) => external);
  const gatewayPort = routerPortName(vpc.name, intent.subnet);
  const asked = { rule: fip, how, port: intent.target.port, gatewayPort, ips };
  return unlessFrozen(asked, answered(intent, vpc, view), view);
}

function addressesOf(fip: FloatingIpIntent, vpc: VpcIntent): FipStatus {
  const { pairs, mac, subnet } = fip;
  const v4 = pairs.find(({ external }) => familyOf(external) === 'IPv4');
  const v6 = pairs.find(({ external }) => familyOf(external) === 'IPv6');
  const routerPort = vpc.attachments.find((each) => each.subnet === subnet);
  return {
    vpc: vpc.name,
    v4Eip: v4?.external,
    v6Eip: v6?.external,
    v4Ip: v4?.logical,
    v6Ip: v6?.logical,
    macAddress: runsAtWorkload(fip) ? mac : routerPort?.mac,
  };
}
