import { type OvnEip, refOf } from '@berth/api';
import { type Ip, parseIp, parseMac } from '@berth/net';
import { type Candidate, families, remembered, request } from '../object/candidate.ts';
import { divided, unasked, withChosen } from '../object/chosen.ts';

/** A spec without the addresses that others of our choice take the place of. */
function withoutChosen({ v4Ip, v6Ip, ...spec }: OvnEip['spec'], ours: readonly Ip[]): OvnEip['spec'] {
  const { v4, v6 } = families(ours);
  return {
    ...spec,
    ...(v4 === undefined && v4Ip !== undefined && { v4Ip }),
    ...(v6 === undefined && v6Ip !== undefined && { v6Ip }),
  };
}

/**
 * The claim of an OvnEip. What it is given shows in its status; fields of its spec that are empty are filled in, so that
 * a restore from the spec alone keeps the address, and a field that the user wrote stays as it is.
 */
export function eipCandidate(eip: OvnEip, instance: string): Candidate {
  return remembered(eip, instance, newCandidate);
}

function newCandidate(eip: OvnEip, instance: string): Candidate {
  const { spec, status, metadata } = eip;
  const written = [request(spec.v4Ip, 'spec.v4Ip'), request(spec.v6Ip, 'spec.v6Ip')].flat();
  const [filled, requests] = divided(written, metadata);
  const given = [status?.v4Ip, status?.v6Ip].flatMap((text) => (text && parseIp(text)) || []);
  const ips = [...given, ...filled];
  const mac = spec.macAddress === undefined ? undefined : parseMac(spec.macAddress);
  return {
    object: eip,
    claim: {
      object: refOf(eip),
      requested: { ips: requests, mac: mac && { value: mac, field: 'spec.macAddress' } },
      stored: {
        ips,
        mac: parseMac(status?.macAddress ?? ''),
      },
      chosen: unasked(ips, requests),
      since: metadata.creationTimestamp,
      port: metadata.name,
      macSeed: `${instance}/eip/${metadata.name}`,
    },
    withAddresses: ({ ips: got, mac: address }) => {
      const { v4, v6 } = families(got);
      const addresses = { ...(v4 && { v4Ip: v4 }), ...(v6 && { v6Ip: v6 }), macAddress: address };
      const { v4Ip: _oldV4, v6Ip: _oldV6, ...oldStatus } = status ?? {};
      const ours = unasked(got, requests);
      return {
        ...eip,
        metadata: withChosen(metadata, ours),
        spec: { ...addresses, ...withoutChosen(spec, ours) },
        status: { ready: false, ...oldStatus, ...addresses, type: spec.type || 'nat' },
      };
    },
  };
}
