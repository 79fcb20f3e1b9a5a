import type { Node } from '@berth/api';
import { fnv1a64 } from '@berth/net';
import type { WitnessIntent } from '../intent.ts';
import type { SurveyedSubnet } from '../object/subnet.ts';
import type { Survey } from '../object/surveyed.ts';
import { weightOf } from './gateway.ts';
import type { Gateways } from './gateways.ts';

/** A gateway needs one; two more outlive the loss of that one. */
const maximumWitnesses = 3;

/**
 * The nodes that bind a port of an external subnet so that its gateways see one more chassis: with an agent, which alone can
 * bind it, and not confirmed dead; gateways only where there are too few others. Those that have bound theirs stay, also
 * while nobody listens to agents; further ones follow by rendezvous hash, so that a node that comes back changes nothing. Gateways that
 * wait to join are such nodes beside them: it is by that that BFD to the one that serves begins.
 */
export function witnessesOf(
  surveyed: SurveyedSubnet,
  survey: Survey,
  { scene, decisionOf }: Gateways,
): readonly WitnessIntent[] {
  const subnet = surveyed.subnet.metadata.name;
  const network = surveyed.external?.provider ?? '';
  const vpcs = survey.attachments
    .filter((each) => each.subnet === surveyed)
    .map(({ vpc }) => vpc.metadata.name);
  if (vpcs.length === 0) return [];
  const gateways = new Set(
    vpcs.flatMap((vpc) => [
      ...scene.chosen(survey.policies.get(vpc), network).map(({ name }) => name),
      ...(decisionOf(vpc, subnet)?.gateways ?? []).map(({ node }) => node),
    ]),
  );
  const waiting = new Set(vpcs.flatMap((vpc) => decisionOf(vpc, subnet)?.waiting ?? []));
  const able = [...survey.lookup.Node.values()].flatMap((node: Node) => {
    const { name } = node.metadata;
    const chassis = scene.chassisOf(name)?.name;
    if (chassis === undefined || scene.liveness.isDead(chassis)) return [];
    const port = witnessPort(subnet, name);
    const isBound = scene.fabric.claims.get(port) === chassis;
    if (!isBound && !scene.liveness.isReported(chassis)) return [];
    const rank = (gateways.has(name) ? 2 : 0) + (isBound ? 0 : 1);
    return [{ witness: { port, node: name, chassis }, rank, weight: weightOf(subnet, name) }];
  });
  return able
    .sort((left, right) => left.rank - right.rank || (left.weight > right.weight ? -1 : 1))
    .map(({ witness }) => witness)
    .filter(({ node }, place) => place < maximumWitnesses || waiting.has(node))
    .sort((left, right) => (left.node < right.node ? -1 : 1));
}

/** Begins the name of every witness' port. */
export const witnessPrefix = 'bw-';

/** Short enough to be the name of an interface as well (15 characters), and the same in every run. */
export function witnessPort(subnet: string, node: string): string {
  const hash = fnv1a64(`witness\0${subnet}\0${node}`).toString(16).padStart(16, '0');
  return `${witnessPrefix}${hash.slice(-12)}`;
}
