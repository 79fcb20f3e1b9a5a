import { type IP, nodeNameLabel, type Pod, refOf, subnetLabel } from '@berth/api';
import { contains, type Ip, parseMac } from '@berth/net';
import { perObjectWith } from '../memo/per-object.ts';
import { type Candidate, families, remembered } from './candidate.ts';
import type { Allocated } from './claim.ts';
import type { Network } from './intent.ts';
import { standingRequests, withPodUid } from './kept-address.ts';
import type { Lookup } from './lookup.ts';
import { machineOf } from './machine.ts';
import { machinePodType, newMetadata } from './own-object.ts';
import { podRequests } from './pod-requests.ts';
import { workloadName } from './port-holder.ts';
import { storedIps } from './stored-ips.ts';
import type { SurveyedPod } from './surveyed.ts';

/** An IP without a pod we could place: it was given by the user, or its pod waits for a node. It keeps its address. */
export function ipCandidate(ip: IP, instance: string): Candidate {
  return remembered(ip, instance, newCandidate);
}

function newCandidate(ip: IP, instance: string): Candidate {
  const stored = storedIps(ip);
  const mac = parseMac(ip.spec.macAddress ?? '');
  return {
    object: ip,
    claim: {
      object: refOf(ip),
      requested: {
        ips: stored.map((value) => ({
          value,
          field: fieldOf(ip, value),
        })),
        mac: undefined,
      },
      stored: { ips: stored, mac },
      chosen: [],
      since: ip.metadata.creationTimestamp,
      macSeed: `${instance}/pod/${ip.metadata.name}`,
    },
    withAddresses: (got) => ({ ...ip, spec: withAddresses(ip.spec, got) }),
  };
}

function fieldOf({ spec }: IP, value: Ip): string {
  if (!spec.v4IpAddress && !spec.v6IpAddress) return 'spec.ipAddress';
  return value.includes(':') ? 'spec.v6IpAddress' : 'spec.v4IpAddress';
}

/** The claim of a pod, for the IP object that holds its addresses. */
export function podCandidate(
  { pod, name, subnet, node }: SurveyedPod,
  lookup: Lookup,
  instance: string,
): Candidate {
  const base: IP = lookup.IP.get(name) ?? {
    apiVersion: 'kubeovn.io/v1',
    kind: 'IP',
    metadata: newMetadata(name),
    spec: {},
  };
  const subnetName = subnet.subnet.metadata.name;
  const canStay = base.spec.subnet === subnetName && isIn(base, subnet.networks);
  return candidateOf(pod, { base, name, subnetName, canStay, node, instance });
}

/** Whether the addresses of an IP object are of a subnet's networks. */
function isIn(ip: IP, networks: readonly Network[]): boolean {
  return storedIps(ip).every((address) => networks.some(({ cidr }) => contains(cidr, address)));
}

type PodPlace = {
  readonly base: IP;
  readonly name: string;
  readonly subnetName: string;
  /** Whether the subnet still has what is stored. */
  readonly canStay: boolean;
  readonly node: string;
  readonly instance: string;
};

const candidateOf = perObjectWith(
  (pod: Pod, { base, name, subnetName, canStay, node, instance }: PodPlace): Candidate => {
    const { metadata } = pod;
    const owner = {
      podName: workloadName(pod),
      namespace: metadata.namespace ?? 'default',
      subnet: subnetName,
      nodeName: node,
      ...(machineOf(pod) !== undefined && { podType: machinePodType }),
    };
    const labels = {
      ...base.metadata.labels,
      [subnetLabel]: subnetName,
      [subnetName]: '',
      [nodeNameLabel]: node,
    };
    return {
      object: base,
      pod,
      claim: {
        object: refOf(pod),
        requested: canStay ? standingRequests(pod, base) : podRequests(pod),
        stored: { ips: storedIps(base), mac: parseMac(base.spec.macAddress ?? '') },
        // A workload may have got its address already, whether it is heard of or not.
        chosen: [],
        since: metadata.creationTimestamp,
        macSeed: `${instance}/pod/${name}`,
      },
      withAddresses: (got) => ({
        ...base,
        metadata: { ...base.metadata, labels, annotations: withPodUid(pod, base) },
        spec: withAddresses({ ...base.spec, ...owner }, got),
      }),
    };
  },
);

/** The spec with these addresses and no others. A MAC that is only spelt otherwise stays as it is. */
function withAddresses(
  { v4IpAddress: _oldV4, v6IpAddress: _oldV6, ...spec }: IP['spec'],
  { ips, mac }: Allocated,
): IP['spec'] {
  const { v4, v6 } = families(ips);
  return {
    ...spec,
    ipAddress: ips.join(','),
    ...(v4 && { v4IpAddress: v4 }),
    ...(v6 && { v6IpAddress: v6 }),
    macAddress: spec.macAddress !== undefined && parseMac(spec.macAddress) === mac ? spec.macAddress : mac,
  };
}
