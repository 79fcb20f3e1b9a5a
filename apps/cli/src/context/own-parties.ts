import { formatRef, type ResourceSet, refOf } from '@berth/api';
import { type ExternalFlow, type Finding, type ObjectRef, podOfIp } from '@berth/core';
import { parseIp } from '@berth/net';
import { addressesOfEip } from './told-by-objects.ts';

/**
 * Findings about NAT rows that no object is behind, with the objects whose address or port these rows use among those they have to do with: whoever
 * asks about such an object is told of the row.
 */
export function withOwnParties(
  findings: readonly Finding[],
  flows: readonly ExternalFlow[],
  objects: ResourceSet | undefined,
): readonly Finding[] {
  const rows = findings.filter(({ object, related }) => [object, ...related].some(isRow));
  if (!objects || rows.length === 0) return findings;
  const own = ownersOfFlows(objects);
  const byTarget = Map.groupBy(flows, ({ target }) => target);
  return findings.map((each) => {
    const parties = [each.object, ...each.related].flatMap((ref) =>
      isRow(ref) ? (byTarget.get(`nat/${ref.name}`) ?? []).flatMap(own) : [],
    );
    if (parties.length === 0) return each;
    const known = new Map([...each.related, ...parties].map((ref) => [formatRef(ref), ref]));
    if (each.object) known.delete(formatRef(each.object));
    return { ...each, related: [...known.values()] };
  });
}

function isRow(ref: ObjectRef | undefined): ref is ObjectRef {
  return ref?.kind === 'NAT';
}

/** The EIP that has the external address of a flow, and what has the port it leads to. An SNAT leads to whole networks: of it only the EIP. */
function ownersOfFlows({ OvnEip, IP, Pod }: ResourceSet): (flow: ExternalFlow) => readonly ObjectRef[] {
  const eips = new Map(
    OvnEip.flatMap((eip) =>
      addressesOfEip(eip).flatMap((text) => {
        const ip = parseIp(text);
        return ip ? [[ip as string, refOf(eip)] as const] : [];
      }),
    ),
  );
  const ips = new Map(IP.map((ip) => [ip.metadata.name, ip]));
  return ({ externalIp = '', kind, logicalPort = '' }) => {
    const eip = eips.get(externalIp);
    const ip = kind === 'source-nat' ? undefined : ips.get(logicalPort);
    const pod = ip && podOfIp(ip, Pod);
    return [...(eip ? [eip] : []), ...(ip ? [refOf(ip)] : []), ...(pod ? [refOf(pod)] : [])];
  };
}
