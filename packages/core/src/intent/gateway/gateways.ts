import { readKeep, rebalanceAnnotation } from '@berth/api';
import { type Fabric, isClaimSettled } from '../../fabric/fabric.ts';
import { type PolicyValues, valuesOf } from '../object/policy-values.ts';
import { routerPortName } from '../object/router-port-name.ts';
import type { Survey } from '../object/surveyed.ts';
import type { Settings } from '../settings.ts';
import { type GatewayDecision, gatewayOrder } from './gateway.ts';
import { type GatewayScene, gatewaySceneOf } from './gateway-node.ts';

/** What is decided about gateways before the rules that need them. */
export type Gateways = {
  readonly scene: GatewayScene;
  /** The values of a VPC's policy. */
  valuesOf(vpc: string): PolicyValues;
  /** The gateways of a VPC's port on an external subnet; undefined where it is not attached. */
  decisionOf(vpc: string, subnet: string): GatewayDecision | undefined;
  /**
   * Whether the most preferred gateway serves a VPC's port on an external subnet, and workloads on a node send to it: in a group
   * of several not before BFD between the two is up, where reports tell of it.
   */
  isServedFrom(node: string | undefined, vpc: string, subnet: string): boolean;
  /** Whether a living gateway serves that its agent speaks for, where it has one, or that has for as long as an order waits to follow it. */
  isProven(vpc: string, subnet: string): boolean;
  /** Whether the router of a VPC was given back: who is a gateway of it, and where its floating IPs run, is decided elsewhere. */
  isGivenBack(vpc: string): boolean;
  /** Whether a node is cut off from an external subnet while others are not. */
  isCutOff(node: string | undefined, subnet: string): boolean;
};

/** Decides the gateways of every attachment. */
export function gatewaysOf(survey: Survey, fabric: Fabric, settings: Settings): Gateways {
  const scene = gatewaySceneOf(survey.lookup, fabric, survey.config);
  const byVpc = new Map<string, Map<string, GatewayDecision>>();
  for (const { vpc, subnet, name } of survey.attachments) {
    const isAsked = vpc.metadata.annotations[rebalanceAnnotation] !== undefined;
    const question = {
      routerPort: name,
      network: subnet.external?.provider ?? '',
      vpc: vpc.metadata.name,
      policy: survey.policies.get(vpc.metadata.name),
      kept: readKeep(vpc)?.gateways[subnet.subnet.metadata.name],
      rebalance: isAsked || settings.rebalance?.has(vpc.metadata.name) === true,
    };
    const ofVpc = byVpc.get(vpc.metadata.name) ?? new Map<string, GatewayDecision>();
    byVpc.set(vpc.metadata.name, ofVpc.set(subnet.subnet.metadata.name, gatewayOrder(question, scene)));
  }
  return {
    scene,
    valuesOf(vpc) {
      const policy = survey.policies.get(vpc);
      return valuesOf(policy, policy && survey.lookup.GatewayPolicy.get(policy.metadata.name));
    },
    decisionOf: (vpc, subnet) => byVpc.get(vpc)?.get(subnet),
    isServedFrom(node, vpc, subnet) {
      const { serving, gateways: [first] = [] } = byVpc.get(vpc)?.get(subnet) ?? {};
      if (serving === undefined || serving !== first?.chassis) return false;
      const chassis = node === undefined ? undefined : scene.chassisOf(node)?.name;
      if (chassis === undefined || chassis === serving) return true;
      const hasBfd = (fabric.gateways.get(routerPortName(vpc, subnet))?.length ?? 0) > 1;
      return !hasBfd || scene.liveness.sendsTo(chassis, serving) !== false;
    },
    isProven(vpc, subnet) {
      const serving = byVpc.get(vpc)?.get(subnet)?.serving;
      if (serving === undefined) return false;
      return isClaimSettled(fabric, routerPortName(vpc, subnet)) || !scene.liveness.isSilent(serving);
    },
    isGivenBack: (vpc) => fabric.givenBack?.has(vpc) === true,
    isCutOff(node, subnet) {
      const chassis = node === undefined ? undefined : scene.chassisOf(node);
      const network = survey.subnets.get(subnet)?.external?.provider ?? '';
      return chassis !== undefined && scene.liveness.isCutOff(chassis.name, network);
    },
  };
}
