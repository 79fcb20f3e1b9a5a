import {
  chassisAnnotation,
  externalGatewayLabel,
  formatRef,
  type Node,
  type ProviderNetwork,
  providerNetworkLabel,
  refOf,
} from '@berth/api';
import { chassisOfNode, type Fabric } from '../../fabric/fabric.ts';
import type { FindingCode } from '../../finding/catalogue.ts';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { perObject } from '../../memo/per-object.ts';
import type { Lookup } from '../object/lookup.ts';
import { annotationField } from '../object/pod-annotation.ts';
import { targets } from '../object/provider-nodes.ts';

/** Labels and annotations of nodes that say nothing which can be used, and those that ask for what is not done. */
export function nodeNotes({ Node: nodes, ProviderNetwork: networks }: Lookup): readonly Finding[] {
  return [...nodes.values()].flatMap((node) => [
    ...gatewayLabel(node),
    ...[...networks.values()].flatMap((network) => ofNetwork(node, network)),
  ]);
}

/** Nodes whose annotation names no chassis, where their hostname does. Without either a node is not part of the OVN, which is told elsewhere. */
export function strayChassis({ Node: nodes }: Pick<Lookup, 'Node'>, fabric: Fabric): readonly Finding[] {
  return [...nodes.values()].flatMap((node) => {
    const named = node.metadata.annotations[chassisAnnotation];
    if (!named || fabric.chassis.has(named)) return [];
    const found = chassisOfNode(fabric, node.metadata.name);
    if (!found) return [];
    return [
      noteOn(node, 'annotation-invalid', annotationField(chassisAnnotation), {
        message: `the annotation ${chassisAnnotation} is "${named}", which is no chassis of SB: ${found.name} is taken, by its hostname`,
        cure: `write ${found.name}, or remove the annotation`,
      }),
    ];
  });
}

const gatewayLabel = perObject((node: Node): readonly Finding[] => {
  const value = node.metadata.labels[externalGatewayLabel];
  if (value === undefined || value === 'true' || value === 'false') return [];
  return [
    noteOn(node, 'annotation-invalid', labelField(externalGatewayLabel), {
      message: `the label ${externalGatewayLabel} is "${value}", which makes ${formatRef(refOf(node))} no gateway`,
      cure: 'write "true" or "false"',
    }),
  ];
});

/**
 * Kube-OVN takes wishes about a provider network from a node itself, and writes the same keys once they are so. Here the
 * network alone says them: what differs from it is told.
 */
function ofNetwork(node: Node, network: ProviderNetwork): readonly Finding[] {
  if (!hasKeys(node)) return [];
  const { name } = network.metadata;
  const key = (word: Parameters<typeof providerNetworkLabel>[1]): string => providerNetworkLabel(name, word);
  const isTarget = targets(network, node);
  const excluded = said(node, key('exclude'));
  const nic = said(node, key('interface'));
  const mtu = node.metadata.labels[key('mtu')];
  const pn = formatRef(refOf(network));
  return [
    ...(excluded && isTarget && excluded.value === 'true'
      ? [
          noteOn(node, 'not-supported', excluded.field, {
            message: `${key('exclude')}: "true" has no effect: ${pn} says itself which nodes it is on`,
            cure: `name ${node.metadata.name} in spec.excludeNodes of ${pn}`,
          }),
        ]
      : []),
    ...(nic && isTarget && !network.spec.exchangeLinkName && nic.value !== nicOf(network, node)
      ? [
          noteOn(node, 'not-supported', nic.field, {
            message: `${key('interface')}: "${nic.value}" has no effect: ${pn} says itself which NIC it takes, ${nicOf(network, node)}`,
            cure: `name ${nic.value} in spec.customInterfaces of ${pn}, or correct it`,
          }),
        ]
      : []),
    ...(mtu !== undefined && !/^[1-9]\d{0,5}$/.test(mtu)
      ? [
          noteOn(node, 'annotation-invalid', labelField(key('mtu')), {
            message: `the label ${key('mtu')} is "${mtu}", which is no number of bytes and does not count`,
            cure: `write a number, as "1500", or set spec.mtu of the subnet`,
          }),
        ]
      : []),
  ];
}

const infix = '.provider-network.kubernetes.io/';

const hasKeys = perObject(({ metadata: { labels, annotations } }: Node): boolean =>
  [...Object.keys(labels), ...Object.keys(annotations)].some((each) => each.includes(infix)),
);

type Said = { readonly value: string; readonly field: string };

function said({ metadata: { labels, annotations } }: Node, key: string): Said | undefined {
  const [label, annotation] = [labels[key], annotations[key]];
  if (label !== undefined) return { value: label, field: labelField(key) };
  return annotation === undefined ? undefined : { value: annotation, field: annotationField(key) };
}

function nicOf({ spec }: ProviderNetwork, { metadata }: Node): string {
  const custom = spec.customInterfaces?.find(({ nodes }) => nodes.includes(metadata.name));
  return custom?.interface ?? spec.defaultInterface;
}

function labelField(key: string): string {
  return `metadata.labels['${key}']`;
}

function noteOn(
  node: Node,
  code: FindingCode,
  field: string,
  said: Pick<Finding, 'message' | 'cure'>,
): Finding {
  return finding(code, { severity: 'warning', object: refOf(node), field, ...said });
}
