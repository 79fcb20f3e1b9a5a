import { formatRef, type Pod, refOf } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import type { Lookup } from '../object/lookup.ts';
import { isOnFirst, malformedAddresses, networkWish, waitingWish } from '../object/pod-annotation.ts';
import { portName } from '../object/port-holder.ts';
import type { SurveyedSubnet } from '../object/subnet.ts';
import type { SurveyedPod } from '../object/surveyed.ts';
import { unwelcomeOf } from './pod-guest.ts';
import { hasAddress, isAddressOf, isWithin } from './pod-life.ts';
import { givenNode, isFree, type NodeBefore, nodeOf } from './pod-node.ts';
import { subnetOf } from './pod-subnet.ts';

/** The pods that can be given a port, in name order, and why the others cannot. Pods on their node's network get none. */
export function surveyPods(
  lookup: Lookup,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  nodeBefore: NodeBefore,
): { readonly pods: readonly SurveyedPod[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const unwelcome = unwelcomeOf(lookup, subnets);
  const load = new Map<string, number>();
  const pods: SurveyedPod[] = [];
  // Pods that are bound to a node count before those that are spread.
  const attached = [...lookup.Pod.values()]
    .filter(({ spec }) => spec.hostNetwork !== true)
    .map((pod) => ({ pod, given: givenNode(pod, lookup, nodeBefore) }));
  const inOrder = attached.sort(
    (left, right) => Number(isFree(left.pod, left.given)) - Number(isFree(right.pod, right.given)),
  );
  for (const { pod, given } of inOrder) {
    const malformed = malformedAddresses(pod);
    findings.push(...malformed);
    if (malformed.some(isOnFirst) && !hasAddress(pod, lookup)) continue;
    const subnet = presentSubnet(pod, lookup, subnets, findings);
    const refused = subnet && unwelcome(pod, subnet);
    if (refused) {
      findings.push(refused);
      continue;
    }
    const node = subnet && nodeOf(pod, given, lookup, load, findings);
    if (!subnet || node === undefined) continue;
    load.set(node, (load.get(node) ?? 0) + 1);
    pods.push({ pod, name: portName(pod), subnet, node });
  }
  return { pods: pods.sort((left, right) => (left.name < right.name ? -1 : 1)), findings };
}

/**
 * The subnet of a pod: that of the addresses it was given, which a pod does not leave while it lives, else the one that it asks for.
 */
function presentSubnet(
  pod: Pod,
  lookup: Lookup,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  findings: Finding[],
): SurveyedSubnet | undefined {
  const ip = lookup.IP.get(portName(pod));
  const given = ip && isAddressOf(pod, ip) ? lookup.Subnet.get(ip.spec.subnet ?? '') : undefined;
  const present = given && subnets.get(given.metadata.name);
  const isLost = !ip || !given || (present && (present.external || !isWithin(ip, present)));
  if (isLost) return subnetOf(pod, lookup, subnets, findings);
  const key = networkWish(pod);
  // What it does not ask for itself, its namespace asks of those to come.
  if (key === undefined) return present;
  const found: Finding[] = [];
  const asked = subnetOf(pod, lookup, subnets, found);
  // What names no subnet for pods is wrong for the next one only: this one has its own.
  const ofNext = found.filter(({ code }) => code !== 'no-subnet');
  findings.push(...ofNext);
  if (ofNext.length < found.length || (asked && asked !== present))
    findings.push(waitingWish(pod, key, formatRef(refOf(given))));
  return present;
}
