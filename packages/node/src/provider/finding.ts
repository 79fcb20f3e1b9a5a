import { type ProviderNetwork, refOf } from '@berth/api';
import { type Finding, finding } from '@berth/core';
import { bridgeName, maxInterfaceName } from './compile.ts';
import type { ForeignMapping } from './mapping-change.ts';
import type { NicVerdict } from './nic.ts';

const withoutEffect = [
  'exchangeLinkName',
  'autoCreateVlanSubinterfaces',
  'preserveVlanInterfaces',
  'vlanInterfaces',
] as const;

/** Fields that ask for something we do not do. The network works without; the same on every node. */
export function unsupportedFindings(network: ProviderNetwork): readonly Finding[] {
  return withoutEffect.flatMap((field) => {
    const value = network.spec[field];
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) return [];
    return finding('not-supported', {
      object: refOf(network),
      field: `spec.${field}`,
      message: `${field} is not supported and has no effect: the bridge is ${bridgeName(network.metadata.name)} and takes the NIC as it is`,
      cure: `remove spec.${field}`,
    });
  });
}

/** The network's bridge could not be named. */
export function nameFinding(network: ProviderNetwork): Finding | undefined {
  const bridge = bridgeName(network.metadata.name);
  if (bridge.length <= maxInterfaceName) return undefined;
  return finding('bad-value', {
    object: refOf(network),
    field: 'metadata.name',
    message: `bridge ${bridge} would have a name longer than ${maxInterfaceName} characters`,
    cure: `use a name of at most ${maxInterfaceName - bridgeName('').length} characters`,
  });
}

/** Why a NIC is not taken; undefined when it is. */
export function nicFinding(
  network: ProviderNetwork,
  node: string,
  nic: string,
  verdict: NicVerdict,
): Finding | undefined {
  const object = refOf(network);
  const elsewhere = `name another NIC for ${node} in spec.customInterfaces, or list the node in spec.excludeNodes`;
  switch (verdict.kind) {
    case 'free':
      return undefined;
    case 'missing':
      return finding('nic-missing', { object, message: `node ${node} has no NIC ${nic}`, cure: elsewhere });
    case 'refused': {
      const via = verdict.device === nic ? '' : ` through ${verdict.device}`;
      return finding('nic-refused', {
        object,
        message: `NIC ${nic} of node ${node} carries the node's default route${via} and is left alone`,
        cure: elsewhere,
      });
    }
    case 'in-use':
      return finding('nic-in-use', {
        object,
        message: `on node ${node} ${verdict.by}`,
        cure: `free ${nic} of it, or ${elsewhere}`,
      });
  }
}

/** Somebody else already says which bridge leads to the network. */
export function mappingFinding(
  network: ProviderNetwork,
  node: string,
  { bridge, rows }: ForeignMapping,
): Finding {
  return finding('row-clash', {
    object: refOf(network),
    message: `on node ${node} ovn-bridge-mappings leads ${network.metadata.name} to ${bridge}, which was not made by Berth`,
    cure: 'remove that mapping, or rename the network',
    rows,
  });
}
