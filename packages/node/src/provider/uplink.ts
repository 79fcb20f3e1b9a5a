import type { Node, ProviderNetwork, Vlan } from '@berth/api';
import type { Finding } from '@berth/core';
import type { Row, Snapshot } from '@berth/ovsdb/value';
import { interfacesOn, isOurs, isPresent, numberOf, rowNamed, textOf } from '../ovs/row.ts';
import { bridgeName } from './compile.ts';
import { mappingFinding, nameFinding, nicFinding, unsupportedFindings } from './finding.ts';
import { foreignMapping } from './mapping-change.ts';
import { judgeNic, type NicSurvey, type NicVerdict } from './nic.ts';
import { nicOn, nodeNamed } from './selection.ts';

/** What provider bridges on one node are decided from. */
export type ProviderInput = {
  readonly node: string;
  readonly instance: string;
  readonly networks: readonly ProviderNetwork[];
  readonly vlans: readonly Vlan[];
  readonly nodes: readonly Node[];
  readonly observed: Snapshot;
  /** Needed while a network wants a NIC that is not in its bridge yet. */
  readonly survey?: NicSurvey | undefined;
};

/** A network's NIC on the node. */
export type Uplink = {
  readonly network: string;
  readonly bridge: string;
  readonly nic: string;
  /** undefined while the switch has not seen it. */
  readonly mtu: number | undefined;
  /** Whether the kernel has it up; a NIC that is down must be set up. */
  readonly isUp: boolean;
};

/** A network that the node takes part in. */
export type Chosen = { readonly network: ProviderNetwork; readonly uplink: Uplink };

/** Which NIC goes into which bridge. Who has it keeps it; else the first in name order gets it. */
export function chooseNics(input: ProviderInput): {
  chosen: readonly Chosen[];
  findings: readonly Finding[];
  unknownNics: readonly string[];
} {
  const node = nodeNamed(input.node, input.nodes);
  const wanted = input.networks
    .flatMap((network) => {
      const nic = nicOn(network, node);
      return nic === undefined ? [] : [{ network, nic, held: heldNic(input, network, nic) }];
    })
    .sort((left, right) => rank(left) - rank(right) || byName(left.network, right.network));
  const findings: Finding[] = wanted.flatMap(({ network }) => unsupportedFindings(network));
  const unknownNics: string[] = [];
  const chosen: Chosen[] = [];
  for (const { network, nic, held } of wanted) {
    const foreign = foreignMapping(input, network.metadata.name);
    const obstacle = nameFinding(network) ?? (foreign && mappingFinding(network, input.node, foreign));
    if (obstacle) {
      findings.push(obstacle);
      continue;
    }
    const rival = chosen.find(({ uplink }) => uplink.nic === nic);
    if (!held && !rival && !input.survey) unknownNics.push(nic);
    const verdict = judge(input, { network, nic, held, rival, wanted });
    const problem = verdict && nicFinding(network, input.node, nic, verdict);
    if (problem) findings.push(problem);
    const uplink = uplinkOf(network, nic, held, verdict);
    if (uplink) chosen.push({ network, uplink });
  }
  return { chosen: chosen.sort((left, right) => byName(left.network, right.network)), findings, unknownNics };
}

type Wish = { readonly network: ProviderNetwork; readonly nic: string; readonly held: Row | undefined };

function judge(
  { observed, survey, instance }: ProviderInput,
  { nic, held, rival, wanted }: Wish & { rival: Chosen | undefined; wanted: readonly Wish[] },
): NicVerdict | undefined {
  if (rival) {
    return { kind: 'in-use', by: `${nic} leads to the provider network ${rival.network.metadata.name}` };
  }
  if (held) return !isPresent(held) ? { kind: 'missing' } : undefined;
  // A bridge of ours whose network no longer wants the NIC gives it up.
  const keepers = [...observed.table('Bridge')].filter(
    (bridge) =>
      !isOurs(bridge, instance) ||
      wanted.some(
        (wish) => wish.nic === nic && wish.held && bridgeName(wish.network.metadata.name) === bridge['name'],
      ),
  );
  const bridges = keepers.map((bridge) => ({
    name: textOf(bridge, 'name'),
    interfaces: interfacesOn(observed, bridge),
  }));
  return survey && judgeNic(nic, survey, bridges);
}

function uplinkOf(
  network: ProviderNetwork,
  nic: string,
  held: Row | undefined,
  verdict: NicVerdict | undefined,
): Uplink | undefined {
  const name = network.metadata.name;
  const parts = { network: name, bridge: bridgeName(name), nic };
  if (verdict?.kind === 'free') return { ...parts, mtu: verdict.link.mtu, isUp: verdict.link.isUp };
  if (!held || verdict?.kind === 'in-use') return undefined;
  return {
    ...parts,
    mtu: numberOf(held, 'mtu'),
    isUp: !isPresent(held) || held['admin_state'] !== 'down',
  };
}

/** The NIC's row, if the NIC is in the network's bridge and both are ours. */
function heldNic(
  { observed, instance }: ProviderInput,
  network: ProviderNetwork,
  nic: string,
): Row | undefined {
  const bridge = rowNamed(observed, 'Bridge', bridgeName(network.metadata.name));
  const row = rowNamed(observed, 'Interface', nic);
  if (!bridge || !row || !isOurs(bridge, instance) || !isOurs(row, instance)) return undefined;
  return interfacesOn(observed, bridge).includes(nic) ? row : undefined;
}

function rank({ held }: Wish): number {
  return held ? 0 : 1;
}

function byName(left: ProviderNetwork, right: ProviderNetwork): number {
  return left.metadata.name < right.metadata.name ? -1 : 1;
}
