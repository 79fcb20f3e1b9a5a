import type { Intent, VpcIntent } from '../intent/intent.ts';

/**
 * An intent without what needs some EIPs: the rules on them, and router ports whose addresses they hold with all that passes
 * there. Without names it is the intent itself.
 */
export function withoutEips(intent: Intent, names: ReadonlySet<string>): Intent {
  return names.size === 0 ? intent : { ...intent, vpcs: intent.vpcs.map((vpc) => without(vpc, names)) };
}

function without(vpc: VpcIntent, names: ReadonlySet<string>): VpcIntent {
  const attachments = vpc.attachments.filter(({ eip }) => !names.has(eip.name));
  const lost = new Set(
    vpc.attachments.filter((each) => !attachments.includes(each)).map(({ subnet }) => subnet),
  );
  const isLeft = ({ subnet }: { readonly subnet: string | undefined }): boolean =>
    subnet === undefined || !lost.has(subnet);
  const rules = <T extends { readonly eip: { readonly name: string }; readonly subnet: string }>(
    all: readonly T[],
  ): readonly T[] => all.filter((rule) => !names.has(rule.eip.name) && isLeft(rule));
  return {
    ...vpc,
    attachments,
    routes: vpc.routes.filter(isLeft),
    bfdSessions: vpc.bfdSessions.filter(isLeft),
    floatingIps: rules(vpc.floatingIps),
    sourceNats: rules(vpc.sourceNats),
    portForwards: rules(vpc.portForwards),
  };
}
