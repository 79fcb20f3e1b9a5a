import { runsAtWorkload } from '../compile/floating-ip.ts';
import type { FloatingIpIntent, VpcIntent } from '../intent/intent.ts';
import { type Asker, perItemBeside } from '../memo/per-item.ts';
import { answerOf, type FrozenAt } from './answer.ts';
import { needOfFip } from './held-up.ts';
import type { Verdict } from './verdict.ts';
import type { View } from './view.ts';

/** Who answers for a floating IP of a VPC, as far as its status shows it. */
export type Answered = Verdict & {
  readonly vpc: string;
  readonly node: string | undefined;
  readonly routerMac: string | undefined;
  /** That the node goes on with the flows of an earlier time, where it does. */
  readonly frozen: FrozenAt | undefined;
};

/** A floating IP that is programmed, and who answers for it now: the very same one for as long as nothing about it changes. */
export type ProgrammedFip = { readonly fip: FloatingIpIntent; readonly answered: Answered };

type Near = {
  /** The VPC of each. */
  readonly vpcs: readonly VpcIntent[];
  readonly answeredFor: (fip: FloatingIpIntent, vpc: VpcIntent) => Answered;
};

const programmed = perItemBeside(
  (fip: FloatingIpIntent, { vpcs, answeredFor }: Near, place) => {
    const vpc = vpcs[place];
    if (!vpc) throw new Error(`${fip.name} is of no VPC`);
    return answeredFor(fip, vpc);
  },
  (fip, answered, _: object): ProgrammedFip => ({ fip, answered }),
);

/** The floating IPs of some VPCs, in their order. */
export function programmedFips(
  asker: Asker,
  vpcs: readonly VpcIntent[],
  view: View,
): readonly ProgrammedFip[] {
  const fips: FloatingIpIntent[] = [];
  const vpcOfEach: VpcIntent[] = [];
  for (const vpc of vpcs) {
    for (const fip of vpc.floatingIps) {
      fips.push(fip);
      vpcOfEach.push(vpc);
    }
  }
  return programmed(asker, fips, {}, { vpcs: vpcOfEach, answeredFor: answering(view) });
}

/** Who answers, asked once for all that neither run at a workload nor lead to one: the gateway does for each of them. */
function answering(view: View): Near['answeredFor'] {
  const known = new Map<VpcIntent, Map<string, Answered>>();
  return (fip, vpc) => {
    // What is in the way may be in that of one address and not of another.
    if (fip.target.port !== undefined || view.inTheWay.size > 0) return answered(fip, vpc, view);
    const ofVpc = known.get(vpc) ?? new Map<string, Answered>();
    known.set(vpc, ofVpc);
    const way = wayOf(fip);
    const given = ofVpc.get(way) ?? answered(fip, vpc, view);
    ofVpc.set(way, given);
    return given;
  };
}

const wayOf = ({ subnet, placement }: FloatingIpIntent): string => `${placement.effective} ${subnet}`;

/** Who answers for a floating IP. */
export function answered(fip: FloatingIpIntent, vpc: VpcIntent, view: View): Answered {
  const { subnet, placement, target } = fip;
  const port = runsAtWorkload(fip) ? target.port : undefined;
  const { verdict, node, frozen } = answerOf(
    { ...needOfFip(fip, vpc), how: placement.effective, port },
    view,
  );
  const routerMac = vpc.attachments.find((each) => each.subnet === subnet)?.mac;
  return { ...verdict, node, frozen, routerMac, vpc: vpc.name };
}
