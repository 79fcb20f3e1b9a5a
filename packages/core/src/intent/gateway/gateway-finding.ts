import { formatRef, refOf } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import type { GatewayIntent } from '../intent.ts';
import type { Flaw, GatewayNode } from './gateway-node.ts';
import type { GatewayQuestion } from './gateway-question.ts';

type Choice = {
  readonly chosen: readonly GatewayNode[];
  readonly candidates: readonly GatewayNode[];
  readonly gateways: readonly GatewayIntent[];
  readonly waiting: readonly GatewayIntent[];
  /** No member can serve: `gateways-lost` tells of that. */
  readonly isLost: boolean;
  /** The node that is to leave and goes on serving, as no other can take over. */
  readonly stays: string | undefined;
  /** That one has no Node object any more. */
  readonly isWithoutNode: boolean;
  /** Why a node nothing speaks against cannot take over; undefined where that is not known. */
  readonly holdsBack: (node: GatewayNode) => string | undefined;
};

/** What is worth knowing of the gateways of a router port: nodes that are left out, and that the last order stays. */
export function gatewayFindings(
  { network, vpc, policy }: GatewayQuestion,
  { chosen, candidates, gateways, waiting, isLost, stays, isWithoutNode, holdsBack }: Choice,
): readonly Finding[] {
  const ofNodes = chosen.flatMap((each) => each.flaws.flatMap((flaw) => nodeFinding(each, flaw, network)));
  const object = { kind: 'Vpc', name: vpc };
  const names = gateways.map(({ node }) => node).join(', ');
  if (policy?.spec.gateways?.nodeSelector && chosen.length === 0 && gateways.length === 0) {
    ofNodes.push(
      finding('no-node-selected', {
        object: refOf(policy),
        field: 'spec.gateways.nodeSelector',
        message: `${formatRef(refOf(policy))} selects no node, so ${formatRef(object)} has no gateway`,
        cure: 'label nodes as the selector asks, or correct the selector',
        related: [object],
      }),
    );
  }
  if (candidates.length > 0 && candidates.every(({ flaws }) => flaws.length > 0)) {
    ofNodes.push(
      finding('gateway-not-ready', {
        object,
        message: `every fit gateway node of ${formatRef(object)} is NotReady: they go on as long as their data plane does`,
        cure: 'see to the kubelets; health.nodeReady Strict of a policy would stop the traffic',
        related: candidates.map(({ node }) => refOf(node)),
      }),
    );
  }
  ofNodes.push(
    ...waiting.map(({ node }) =>
      finding('gateway-waits', {
        object: { kind: 'Node', name: node },
        message: `gateway node ${node} stands by once BFD between it and the gateway that serves is up at both ends`,
        cure: 'wait; if it takes longer than some seconds, see whether the tunnel between the two lets packets through',
      }),
    ),
  );
  const isLast = candidates.length === 0 && gateways.length > 0;
  if (isLost || !(isLast || stays !== undefined)) return ofNodes;
  const others = chosen.filter(({ name }) => name !== stays);
  const told = others.map((each) => `${each.name} ${whyNot(each, network, holdsBack)}`).join(', ');
  const whys = told === '' ? 'no other node is chosen' : told;
  const why =
    stays === undefined
      ? `is fit for network ${network}: the last order stays, ${names} (${whys})`
      : `can take over from ${stays}, which ${isWithoutNode ? 'has no Node any more' : 'is to leave'} and goes on as the first: ${whys}`;
  const cure =
    others.length === 0
      ? 'choose another gateway node'
      : `repair or uncordon ${others.length === 1 ? '' : 'one of '}${list(others.map(({ name }) => name))}`;
  return [
    ...ofNodes,
    finding('no-candidate', {
      object,
      message: `no gateway node of ${formatRef(object)} ${why}`,
      cure: isWithoutNode ? `${cure}; where the machine of ${stays} is to go on, make its Node anew` : cure,
      related: gateways.map(({ node }) => ({ kind: 'Node', name: node })),
    }),
  ];
}

const flawTexts: Readonly<Record<Flaw, (network: string) => string>> = {
  'no-chassis': () => 'has no chassis',
  'no-bridge': (network) => `has no bridge for network ${network}`,
  cordoned: () => 'is cordoned',
  dead: () => 'is confirmed dead',
  'cut-off': (network) => `has lost network ${network}`,
  'no-flows': () => 'has no flows yet',
  'not-ready': () => 'is NotReady',
};

/** In a few words what speaks against a node. */
function whyNot(node: GatewayNode, network: string, holdsBack: Choice['holdsBack']): string {
  const { flaws } = node;
  const texts = flaws.map((flaw) => flawTexts[flaw](network));
  return texts.length > 0 ? list(texts) : (holdsBack(node) ?? 'is not heard');
}

/** Why a node is left out. What a cordon means is told once for all VPCs: see `cordonFindings`. */
function nodeFinding({ name, node }: GatewayNode, flaw: Flaw, network: string): readonly Finding[] {
  const object = refOf(node);
  switch (flaw) {
    case 'no-chassis':
      return [
        finding('gateway-without-chassis', {
          object,
          message: `gateway node ${name} has no chassis in the OVN southbound database`,
          cure: 'see that the node is up and that ovn-controller runs there and reaches SB, or remove its gateway label',
        }),
      ];
    case 'no-bridge':
      return [
        finding('no-bridge-mapping', {
          object,
          message: `gateway node ${name} has no bridge for network ${network}, so it cannot be a gateway`,
          cure: `let the ProviderNetwork ${network} include the node, and see that the node has its NIC`,
        }),
      ];
    case 'dead':
      return [
        finding('gateway-dead', {
          object,
          message: `gateway node ${name} is confirmed dead: it is silent, and no tunnel reaches it`,
          cure: 'start the node, or take it out of the cluster',
        }),
      ];
    case 'cut-off':
      return [
        finding('uplink-down', {
          object,
          severity: 'warning',
          message: `gateway node ${name} has lost network ${network}, so it is no gateway until its agent says otherwise`,
          cure: 'repair the link of the node to the external network',
        }),
      ];
    case 'no-flows':
      return [
        finding('flows-missing', {
          object,
          severity: 'warning',
          message: `gateway node ${name} has no flows yet, so it is no gateway`,
          cure: 'wait, or see whether ovn-controller runs on the node and reaches the southbound database',
        }),
      ];
    case 'not-ready':
      return [
        finding('gateway-not-ready', {
          object,
          message: `gateway node ${name} is NotReady`,
          cure: 'see to the kubelet of the node, or set health.nodeReady of the policy to Ignore',
        }),
      ];
    case 'cordoned':
      return [];
  }
}
