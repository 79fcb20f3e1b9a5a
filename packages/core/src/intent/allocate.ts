import {
  controllerFinalizer,
  eipTypeLabel,
  type IP,
  ipAddressAnnotation,
  macAddressAnnotation,
  nodeNameLabel,
  type OvnEip,
  type Pod,
  type Resource,
  refOf,
  subnetLabel,
} from '@berth/api';
import { familyOf, type Ip, parseIp, parseMac } from '@berth/net';
import type { Finding } from '../finding/finding.ts';
import { bySeniority, isTerminating, type Lookup } from './lookup.ts';
import type { SurveyedPod } from './pod.ts';
import { type AddressClaim, type Allocated, allocateSubnet, type Request } from './pool.ts';
import { same } from './same.ts';
import type { SurveyedSubnet } from './subnet.ts';
import type { Survey } from './survey.ts';
import type { ResourceWrite } from './write.ts';

/** A claim with the object it is made for, as that object is once it has its addresses. */
type Candidate = {
  readonly object: OvnEip | IP;
  readonly claim: AddressClaim;
  readonly withAddresses: (got: Allocated) => OvnEip | IP;
};

/**
 * What has to be stored before anything may be programmed: the objects we make ourselves (a router port's OvnEip, a
 * pod's IP) and the addresses of all. Nothing to do gives no writes.
 */
export function allocate(
  survey: Survey,
  instance: string,
): { readonly writes: readonly ResourceWrite[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const writes: ResourceWrite[] = [];
  for (const [subnet, candidates] of candidatesBySubnet(survey, instance)) {
    const senior = [...candidates].sort((left, right) => bySeniority(left.object, right.object));
    const result = allocateSubnet(
      subnet,
      senior.map(({ claim }) => claim),
    );
    findings.push(...result.findings);
    for (const { object, claim, withAddresses } of senior) {
      const got = result.allocated.get(claim);
      const after = got && withAddresses(got);
      if (after && !(exists(object, survey.lookup) && same(after, object)))
        writes.push({ verb: 'upsert', object: after });
    }
  }
  return { writes: [...writes, ...abandoned(survey)], findings };
}

/** Objects we make ourselves do not exist until they are stored. */
function exists({ kind, metadata }: OvnEip | IP, lookup: Lookup): boolean {
  return lookup[kind].has(metadata.name);
}

function candidatesBySubnet(
  survey: Survey,
  instance: string,
): ReadonlyMap<SurveyedSubnet, readonly Candidate[]> {
  const grouped = new Map<SurveyedSubnet, Candidate[]>();
  const add = (subnet: SurveyedSubnet, candidate: Candidate): void => {
    grouped.set(subnet, [...(grouped.get(subnet) ?? []), candidate]);
  };
  for (const { eip, subnet } of survey.eips) add(subnet, eipCandidate(eip, instance));
  for (const attachment of survey.attachments) {
    if (survey.lookup.OvnEip.has(attachment.name)) continue;
    add(
      attachment.subnet,
      eipCandidate(routerEip(attachment.name, attachment.subnet.subnet.metadata.name), instance),
    );
  }
  for (const pod of survey.pods) add(pod.subnet, podCandidate(pod, survey.lookup, instance));
  const ofPods = new Set(survey.pods.map(({ name }) => name));
  for (const [name, ip] of survey.lookup.IP) {
    const subnet = survey.subnets.get(ip.spec.subnet ?? '');
    if (subnet && !ofPods.has(name)) add(subnet, ipCandidate(ip, instance));
  }
  return grouped;
}

/** Annotation of objects we made ourselves: they go when nobody asks for them any more. */
const madeBy = { key: 'berth.dev/made-by', value: 'berth' };

function routerEip(name: string, externalSubnet: string): OvnEip {
  return {
    apiVersion: 'kubeovn.io/v1',
    kind: 'OvnEip',
    metadata: { ...newMetadata(name), labels: { [subnetLabel]: externalSubnet, [eipTypeLabel]: 'lrp' } },
    spec: { externalSubnet, type: 'lrp' },
  };
}

function newMetadata(name: string): OvnEip['metadata'] {
  return {
    name,
    generation: 1,
    labels: {},
    annotations: { [madeBy.key]: madeBy.value },
    finalizers: [controllerFinalizer],
    ownerReferences: [],
  };
}

function eipCandidate(eip: OvnEip, instance: string): Candidate {
  const { spec, status, metadata } = eip;
  const requests = [request(spec.v4Ip, 'spec.v4Ip'), request(spec.v6Ip, 'spec.v6Ip')].flat();
  const mac = spec.macAddress === undefined ? undefined : parseMac(spec.macAddress);
  return {
    object: eip,
    claim: {
      object: refOf(eip),
      requested: { ips: requests, mac: mac && { value: mac, field: 'spec.macAddress' } },
      stored: {
        ips: [status?.v4Ip, status?.v6Ip].flatMap((text) => (text && parseIp(text)) || []),
        mac: parseMac(status?.macAddress ?? ''),
      },
      macSeed: `${instance}/eip/${metadata.name}`,
    },
    withAddresses: ({ ips, mac: address }) => {
      const { v4, v6 } = families(ips);
      const addresses = { ...(v4 && { v4Ip: v4 }), ...(v6 && { v6Ip: v6 }), macAddress: address };
      const { v4Ip: _oldV4, v6Ip: _oldV6, ...oldStatus } = status ?? {};
      return {
        ...eip,
        spec: { ...spec, ...addresses },
        status: { ready: false, ...oldStatus, ...addresses, type: spec.type || 'nat' },
      };
    },
  };
}

/** An IP without a pod we could place: it was given by the user, or its pod waits for a node. It keeps its address. */
function ipCandidate(ip: IP, instance: string): Candidate {
  const stored = storedIps(ip);
  const mac = parseMac(ip.spec.macAddress ?? '');
  return {
    object: ip,
    claim: {
      object: refOf(ip),
      requested: {
        ips: stored.map((value) => ({
          value,
          field: value.includes(':') ? 'spec.v6IpAddress' : 'spec.v4IpAddress',
        })),
        mac: undefined,
      },
      stored: { ips: stored, mac },
      macSeed: `${instance}/pod/${ip.metadata.name}`,
    },
    withAddresses: (got) => ({ ...ip, spec: { ...ip.spec, ...addressFields(got) } }),
  };
}

function podCandidate({ pod, name, subnet, node }: SurveyedPod, lookup: Lookup, instance: string): Candidate {
  const { metadata } = pod;
  const subnetName = subnet.subnet.metadata.name;
  const base: IP = lookup.IP.get(name) ?? {
    apiVersion: 'kubeovn.io/v1',
    kind: 'IP',
    metadata: newMetadata(name),
    spec: {},
  };
  const owner = {
    podName: metadata.name,
    namespace: metadata.namespace ?? 'default',
    subnet: subnetName,
    nodeName: node,
  };
  const labels = {
    ...base.metadata.labels,
    [subnetLabel]: subnetName,
    [subnetName]: '',
    [nodeNameLabel]: node,
  };
  return {
    object: base,
    claim: {
      object: refOf(pod),
      requested: podRequests(pod),
      stored: { ips: storedIps(base), mac: parseMac(base.spec.macAddress ?? '') },
      macSeed: `${instance}/pod/${name}`,
    },
    withAddresses: (got) => ({
      ...base,
      metadata: { ...base.metadata, labels },
      spec: { ...base.spec, ...owner, ...addressFields(got) },
    }),
  };
}

/** What a pod's annotations ask for. */
function podRequests({ metadata: { annotations } }: Pod): AddressClaim['requested'] {
  const mac = parseMac(annotations[macAddressAnnotation] ?? '');
  return {
    ips: (annotations[ipAddressAnnotation] ?? '')
      .split(',')
      .flatMap((text) => request(text.trim(), `metadata.annotations['${ipAddressAnnotation}']`)),
    mac: mac && { value: mac, field: `metadata.annotations['${macAddressAnnotation}']` },
  };
}

/** The addresses an IP object has. */
export function storedIps({ spec }: IP): readonly Ip[] {
  return [spec.v4IpAddress, spec.v6IpAddress].flatMap((text) => (text && parseIp(text)) || []);
}

function addressFields({ ips, mac }: Allocated): Partial<IP['spec']> {
  const { v4, v6 } = families(ips);
  return {
    ipAddress: ips.join(','),
    ...(v4 && { v4IpAddress: v4 }),
    ...(v6 && { v6IpAddress: v6 }),
    macAddress: mac,
  };
}

function request(text: string | undefined, field: string): readonly Request<Ip>[] {
  const value = text === undefined ? undefined : parseIp(text);
  return value ? [{ value, field }] : [];
}

function families(ips: readonly Ip[]): { readonly v4: Ip | undefined; readonly v6: Ip | undefined } {
  return { v4: ips.find((ip) => familyOf(ip) === 'IPv4'), v6: ips.find((ip) => familyOf(ip) === 'IPv6') };
}

/** Objects we made that nobody asks for any more. */
function abandoned({ lookup, attachments, eips }: Survey): readonly ResourceWrite[] {
  const ports = new Set(attachments.map(({ name }) => name));
  const routers = eips
    .map(({ eip }) => eip)
    .filter(({ metadata, spec }) => spec.type === 'lrp' && !ports.has(metadata.name));
  const addresses = [...lookup.IP.values()].filter(
    ({ spec }) => !lookup.Pod.has(`${spec.namespace}/${spec.podName}`),
  );
  const ours = (object: Resource): boolean =>
    object.metadata.annotations[madeBy.key] === madeBy.value && !isTerminating(object);
  return [...routers, ...addresses].filter(ours).map((object) => ({ verb: 'delete', object }));
}
