/** Fields of a frame by their names in ovs-fields(7), as ofproto/trace prints them. */
export type Fields = Readonly<Record<string, string>>;

/** What a frame carries from one switch to the next; the rest of a flow is what one switch thinks about it. */
const carried = [
  ...['dl_src', 'dl_dst', 'dl_vlan'],
  ...['nw_src', 'nw_dst', 'ipv6_src', 'ipv6_dst', 'nw_ttl'],
  ...['icmp_type', 'icmp_code', 'tp_src', 'tp_dst'],
  ...['nd_target', 'nd_sll', 'nd_tll'],
  ...['arp_op', 'arp_spa', 'arp_tpa', 'arp_sha', 'arp_tha'],
];

/** The words without a value that say what a frame carries. */
const protocols = ['arp', 'icmp', 'icmp6', 'tcp', 'tcp6', 'udp', 'udp6', 'sctp', 'sctp6', 'ip', 'ipv6'];

/** A flow as trace prints it, `icmp,in_port=1,dl_src=…`. The word without a value is `protocol`; a masked value is kept as it is. */
export function readFields(text: string): Fields {
  const fields: Record<string, string> = {};
  for (const part of text.trim().split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) fields[part.slice(0, equals)] = part.slice(equals + 1);
    else if (protocols.includes(part)) fields['protocol'] = part;
  }
  return fields;
}

/** The frame as another switch gets it: without registers, metadata and connection state. */
export function frameOf(fields: Fields): Fields {
  const { protocol } = fields;
  const rest = carried.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]] as const]));
  return { ...(protocol !== undefined && { protocol }), ...Object.fromEntries(rest) };
}

/** Fields as ofproto/trace takes them: the protocol first, and each after what it depends on. */
export function writeFields(fields: Fields): string {
  const { protocol, ...rest } = frameOf(fields);
  const isIcmp6 = protocol === 'icmp6';
  const named = Object.entries(rest).map(([name, value]) =>
    isIcmp6 && name.startsWith('icmp_') ? `icmpv6_${name.slice(5)}=${value}` : `${name}=${value}`,
  );
  return [...(protocol === undefined ? [] : [protocol]), ...named].join(',');
}

/** Source and destination address, of either family. */
export function addressesOf(fields: Fields): { readonly src: string; readonly dst: string } {
  return {
    src: fields['nw_src'] ?? fields['ipv6_src'] ?? '',
    dst: fields['nw_dst'] ?? fields['ipv6_dst'] ?? '',
  };
}

/** The fields with other addresses, of the family that each has. */
export function withAddresses(
  fields: Fields,
  { src, dst }: { readonly src?: string | undefined; readonly dst?: string | undefined },
): Fields {
  const name = (ip: string, way: 'src' | 'dst') => (ip.includes(':') ? `ipv6_${way}` : `nw_${way}`);
  return {
    ...fields,
    ...(src !== undefined && { [name(src, 'src')]: src }),
    ...(dst !== undefined && { [name(dst, 'dst')]: dst }),
  };
}

/** The answer to a request that arrived, as its receiver sends it to a next hop: an echo reply, or from the port that was asked. */
export function answerTo(request: Fields, ethDst: string): Fields {
  const { src, dst } = addressesOf(request);
  const frame = withAddresses(frameOf(request), { src: dst, dst: src });
  const { icmp_type: type, tp_src: from, tp_dst: to, dl_dst: receiver = '' } = request;
  return {
    ...frame,
    ...{ dl_src: receiver, dl_dst: ethDst, nw_ttl: '64' },
    ...(type !== undefined && { icmp_type: type === '8' ? '0' : '129' }),
    ...(from !== undefined && to !== undefined && { tp_src: to, tp_dst: from }),
  };
}
