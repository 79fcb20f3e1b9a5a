import { type IP, nodeNameLabel, type Pod, refOf, subnetLabel } from '@berth/api';
import { type Ip, parseMac } from '@berth/net';
import { perObjectWith } from '../../memo/per-object.ts';
import { type Candidate, families, remembered } from '../object/candidate.ts';
import type { AddressClaim, Allocated } from '../object/claim.ts';
import { fittingLabels } from '../object/fitting-labels.ts';
import type { Lookup } from '../object/lookup.ts';
import { machineOf } from '../object/machine.ts';
import { machinePodType, newMetadata } from '../object/own-object.ts';
import { workloadName } from '../object/port-holder.ts';
import type { PreferenceOf } from '../object/preference.ts';
import { storedIps } from '../object/stored-ips.ts';
import type { SurveyedPod } from '../object/surveyed.ts';
import { withLife } from '../pod/pod-life.ts';
import { standingRequests } from '../pod/pod-requests.ts';

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
      port: ip.metadata.name,
      macSeed: `${instance}/pod/${ip.metadata.name}`,
    },
    withAddresses: (got) => ({ ...ip, spec: withAddresses(ip.spec, got) }),
  };
}

function fieldOf({ spec }: IP, value: Ip): string {
  if (!spec.v4IpAddress && !spec.v6IpAddress) return 'spec.ipAddress';
  return value.includes(':') ? 'spec.v6IpAddress' : 'spec.v4IpAddress';
}

/**
 * The claim of a pod, for the IP object that holds its addresses. Of one whose IP object is lost though it has its port, `preferenceOf` tells what
 * it has.
 */
export function podCandidate(
  { pod, name, subnet, node }: SurveyedPod,
  lookup: Lookup,
  instance: string,
  preferenceOf: PreferenceOf,
): Candidate {
  const stored = lookup.IP.get(name);
  const base: IP = stored ?? {
    apiVersion: 'kubeovn.io/v1',
    kind: 'IP',
    metadata: newMetadata(name),
    spec: {},
  };
  const requested = standingRequests(pod, { ip: stored, subnet }, preferenceOf);
  return candidateOf(pod, {
    ...{ base, name, subnetName: subnet.subnet.metadata.name, node, instance },
    requested,
  });
}

type PodPlace = {
  readonly base: IP;
  readonly name: string;
  readonly subnetName: string;
  readonly node: string;
  readonly instance: string;
  readonly requested: AddressClaim['requested'];
};

const candidateOf = perObjectWith(
  (pod: Pod, { base, name, subnetName, node, instance, requested }: PodPlace): Candidate => {
    const { metadata } = pod;
    const owner = {
      podName: workloadName(pod),
      namespace: metadata.namespace ?? 'default',
      subnet: subnetName,
      nodeName: node,
      ...(machineOf(pod) !== undefined && { podType: machinePodType }),
    };
    const { [nodeNameLabel]: _node, [subnetLabel]: _subnet, ...others } = base.metadata.labels;
    const own = { [subnetLabel]: subnetName, [subnetName]: '', [nodeNameLabel]: node };
    const labels = { ...others, ...fittingLabels(own) };
    return {
      object: base,
      pod,
      claim: {
        object: refOf(pod),
        requested,
        stored: { ips: storedIps(base), mac: parseMac(base.spec.macAddress ?? '') },
        // A workload may have got its address already, whether it is heard of or not.
        chosen: [],
        since: metadata.creationTimestamp,
        port: name,
        macSeed: `${instance}/pod/${name}`,
      },
      withAddresses: (got) => ({
        ...base,
        metadata: withLife(pod, { ...base.metadata, labels }),
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
