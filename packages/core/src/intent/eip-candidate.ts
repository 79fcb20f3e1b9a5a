import { type OvnEip, refOf } from '@berth/api';
import { parseIp, parseMac } from '@berth/net';
import { type Candidate, families, remembered, request } from './candidate.ts';

/**
 * The claim of an OvnEip. What it is given shows in its status; fields of its spec that are empty are filled in, so that
 * a restore from the spec alone keeps the address, and a field that the user wrote stays as it is.
 */
export function eipCandidate(eip: OvnEip, instance: string): Candidate {
  return remembered(eip, instance, newCandidate);
}

function newCandidate(eip: OvnEip, instance: string): Candidate {
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
        spec: { ...addresses, ...spec },
        status: { ready: false, ...oldStatus, ...addresses, type: spec.type || 'nat' },
      };
    },
  };
}
