import { refOf, type Vpc } from '@berth/api';
import { gatewayClaim } from '../fabric/fabric.ts';
import type { AttachmentIntent, VpcIntent } from '../intent/intent.ts';
import { conditionsOf } from './condition.ts';
import { errorBehind, errorOf, pending, programmed, type Verdict } from './verdict.ts';
import { nodeOf, type View } from './view.ts';

/** What a VPC shows: the router that is there, its subnets, and the external subnets it really has a port on. */
export function vpcStatus(vpc: Vpc, view: View): NonNullable<Vpc['status']> {
  const intent = view.vpcs.get(vpc.metadata.name);
  const attached = intent?.attachments.map(({ subnet }) => subnet) ?? [];
  const extra = (vpc.spec.extraExternalSubnets ?? []).filter((name) => attached.includes(name));
  return {
    ...vpc.status,
    standby: intent !== undefined,
    router: intent?.name,
    subnets: intent?.subnets.map(({ name }) => name) ?? [],
    enableExternal: attached.length > 0,
    extraExternalSubnets: extra.length > 0 ? [...new Set(extra)] : undefined,
    conditions: conditionsOf(vpc, verdictOf(vpc, intent, view), view),
  };
}

function verdictOf(vpc: Vpc, intent: VpcIntent | undefined, view: View): Verdict {
  const error = errorOf(refOf(vpc), view.findings);
  if (error) return error;
  const missing = wantedSubnets(vpc, view).filter(
    (name) => !intent?.attachments.some(({ subnet }) => subnet === name),
  );
  const [first] = missing;
  if (first !== undefined) {
    const needed = missing.flatMap((name) => [
      { kind: 'Subnet', name },
      { kind: 'OvnEip', name: `${vpc.metadata.name}-${name}` },
    ]);
    return errorBehind(needed, view.findings) ?? pending(`waits for its port on subnet/${first}`);
  }
  const attachments = intent?.attachments ?? [];
  if (attachments.length === 0) return programmed('attached to no external subnet');
  return programmed(attachments.map((each) => gatewaysOf(each, vpc.metadata.name, view)).join('; '));
}

function wantedSubnets({ spec }: Vpc, { defaultExternalSubnet }: View): readonly string[] {
  if (!spec.enableExternal) return [];
  const extra = spec.extraExternalSubnets ?? [];
  return extra.length > 0 ? extra : [defaultExternalSubnet];
}

function gatewaysOf({ subnet, gateways }: AttachmentIntent, vpc: string, view: View): string {
  const claim = gatewayClaim(view.fabric, `${vpc}-${subnet}`);
  const serving = claim === undefined ? 'no gateway serves yet' : `${nodeOf(view, claim)} serves`;
  const others = gateways.filter(({ chassis }) => chassis !== claim).map(({ node }) => node);
  return `${subnet}: ${serving}${others.length > 0 ? `, then ${others.join(', ')}` : ''}`;
}
