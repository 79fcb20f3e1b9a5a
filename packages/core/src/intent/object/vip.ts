import { refOf, type Vip } from '@berth/api';
import { type Ip, parseIp, parseMac } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { type Candidate, families, request } from './candidate.ts';
import { divided, unasked, withChosen } from './chosen.ts';
import type { Lookup } from './lookup.ts';
import { notFound } from './subnet.ts';

/**
 * The claim of a Vip. As with an OvnEip, what it is given shows in its status, and empty fields of its spec are filled
 * in, so that a restore from the spec alone keeps the address.
 */
export function vipCandidate(vip: Vip, instance: string): Candidate {
  const { spec, status, metadata } = vip;
  const mac = parseMac(spec.macAddress ?? '');
  const written = [request(spec.v4ip, 'spec.v4ip'), request(spec.v6ip, 'spec.v6ip')].flat();
  const [filled, requests] = divided(written, metadata);
  const ips = [...vipAddresses(vip), ...filled];
  return {
    object: vip,
    claim: {
      object: refOf(vip),
      requested: {
        ips: requests,
        mac: mac && { value: mac, field: 'spec.macAddress' },
      },
      stored: { ips, mac: parseMac(status?.mac ?? '') },
      chosen: unasked(ips, requests),
      since: metadata.creationTimestamp,
      port: metadata.name,
      macSeed: `${instance}/vip/${metadata.name}`,
    },
    withAddresses: ({ ips: given, mac: address }) => {
      const { v4, v6 } = families(given);
      const addresses = { ...(v4 && { v4ip: v4 }), ...(v6 && { v6ip: v6 }) };
      const { v4ip: _oldV4, v6ip: _oldV6, ...oldStatus } = status ?? {};
      const ours = unasked(given, requests);
      return {
        ...vip,
        metadata: withChosen(metadata, ours),
        spec: { ...addresses, macAddress: address, ...withoutChosen(spec, ours) },
        status: { ...oldStatus, ...addresses, mac: address, type: spec.type ?? '' },
      };
    },
  };
}

/** A spec without the addresses that others of our choice take the place of. */
function withoutChosen({ v4ip, v6ip, ...spec }: Vip['spec'], ours: readonly Ip[]): Vip['spec'] {
  const { v4, v6 } = families(ours);
  return {
    ...spec,
    ...(v4 === undefined && v4ip !== undefined && { v4ip }),
    ...(v6 === undefined && v6ip !== undefined && { v6ip }),
  };
}

/** The addresses a Vip has. */
export function vipAddresses({ status }: Vip): readonly Ip[] {
  return [status?.v4ip, status?.v6ip].flatMap((text) => (text && parseIp(text)) || []);
}

/** What a Vip refers to and does not exist. */
export function danglingVip(vip: Vip, { Subnet }: Lookup): readonly Finding[] {
  const { subnet } = vip.spec;
  return Subnet.has(subnet) ? [] : [notFound(refOf(vip), 'spec.subnet', `subnet/${subnet}`)];
}
