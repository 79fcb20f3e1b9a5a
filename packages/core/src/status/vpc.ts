import { defaultVpc, refKey, refOf, type Vpc } from '@berth/api';
import { gatewayClaim } from '../fabric/fabric.ts';
import { type FindingCode, reasonOf } from '../finding/catalogue.ts';
import type { AttachmentIntent, VpcIntent } from '../intent/intent.ts';
import { externalWishes } from '../intent/object/external-wish.ts';
import { gatewayConfigOf } from '../intent/object/gateway-config.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { conditionsOf } from './condition.ts';
import { heldUp } from './held-up.ts';
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
    default: vpc.metadata.name === defaultVpc ? true : undefined,
    router: intent?.name,
    subnets: intent?.subnets.map(({ name }) => name) ?? [],
    enableExternal: attached.length > 0,
    extraExternalSubnets: extra.length > 0 ? [...new Set(extra)] : undefined,
    enableBfd: vpc.spec.enableBfd === undefined ? undefined : (intent?.bfdSessions.length ?? 0) > 0,
    draining: drainingOf(vpc, intent, view),
    conditions: conditionsOf(vpc, verdictOf(vpc, intent, view), view),
  };
}

/** The gateways that are to leave, each since when that was first seen: who controls next goes by it. */
function drainingOf(vpc: Vpc, intent: VpcIntent | undefined, { now }: View): Draining {
  const draining = (intent?.attachments ?? []).flatMap(({ subnet, draining: node }) => {
    if (node === undefined) return [];
    const known = vpc.status?.draining?.find((each) => each.subnet === subnet && each.node === node);
    return [known ?? { subnet, node, since: now }];
  });
  return draining.length > 0 ? draining : undefined;
}

type Draining = NonNullable<Vpc['status']>['draining'];

function verdictOf(vpc: Vpc, intent: VpcIntent | undefined, view: View): Verdict {
  const error = errorOf(refOf(vpc), view.findings);
  if (error) return error;
  const { config } = gatewayConfigOf(view.lookup);
  const missing = externalWishes(vpc, config, view.defaultExternalSubnet)
    .map(({ subnet }) => subnet)
    .filter((name) => !intent?.attachments.some(({ subnet }) => subnet === name));
  const [first] = missing;
  if (first !== undefined) {
    const needed = missing.flatMap((name) => [
      { kind: 'Subnet', name },
      { kind: 'OvnEip', name: routerPortName(vpc.metadata.name, name) },
      ...(config && vpc.metadata.name === defaultVpc ? [config.ref] : []),
    ]);
    return errorBehind(needed, view.findings) ?? pending(`waits for its port on subnet/${first}`);
  }
  const attachments = intent?.attachments ?? [];
  if (attachments.length === 0) return programmed('attached to no external subnet');
  for (const { subnet } of intent ? attachments : []) {
    const held = intent && heldUp({ vpc: intent, subnet }, view);
    if (held) return held;
  }
  const text = attachments.map((each) => gatewaysOf(each, vpc.metadata.name, view)).join('; ');
  const isServed = attachments.every(
    ({ subnet, gateways }) =>
      gateways.length === 0 ||
      gatewayClaim(view.fabric, routerPortName(vpc.metadata.name, subnet)) !== undefined,
  );
  if (!isServed) return pending(text);
  const code = standingOf(vpc, attachments, view);
  // How long it still serves its finding tells: a condition that did would change with each second.
  return { ...programmed(text), ...(code && { reason: reasonOf(code) }) };
}

/** What is so of the gateways of a VPC that are served by one that is not to stay, or that nobody takes over from. */
function standingOf(vpc: Vpc, attachments: readonly AttachmentIntent[], view: View): FindingCode | undefined {
  if (attachments.some((each) => servesStill(each, vpc.metadata.name, view))) return 'gateway-draining';
  return view.findings.get(refKey(refOf(vpc)))?.find(({ code }) => code === 'no-candidate')?.code;
}

/** Whether the gateway that serves is to leave and is given time. */
function servesStill({ subnet, draining }: AttachmentIntent, vpc: string, view: View): boolean {
  const claim = gatewayClaim(view.fabric, routerPortName(vpc, subnet));
  return draining !== undefined && claim !== undefined && nodeOf(view, claim) === draining;
}

function gatewaysOf(attachment: AttachmentIntent, vpc: string, view: View): string {
  const { subnet, gateways } = attachment;
  const claim = gatewayClaim(view.fabric, routerPortName(vpc, subnet));
  const serving = claim === undefined ? 'no gateway serves now' : `${nodeOf(view, claim)} serves`;
  const others = gateways.filter(({ chassis }) => chassis !== claim).map(({ node }) => node);
  const leaves = servesStill(attachment, vpc, view) ? ' and is to leave' : '';
  return `${subnet}: ${serving}${leaves}${others.length > 0 ? `, then ${others.join(', ')}` : ''}`;
}
