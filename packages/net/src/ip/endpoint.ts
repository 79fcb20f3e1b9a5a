import { familyOf, type Ip, parseIp } from './ip.ts';

/** A transport address: `port` is 1 to 65535. */
export type Endpoint = { readonly ip: Ip; readonly port: number };

/** `10.0.0.1:80` or `[2001:db8::1]:80`, as `vips` of a Load_Balancer has it (ovn-nb(5)). */
export function formatEndpoint({ ip, port }: Endpoint): string {
  return familyOf(ip) === 'IPv6' ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** Reads what `formatEndpoint` writes; undefined if it is something else. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const split = /^(?:\[([^\]]*:[^\]]*)\]|([^:[\]]*)):(\d+)$/.exec(text);
  if (!split) return undefined;
  const ip = parseIp(split[1] ?? split[2] ?? '');
  const port = parsePort(split[3] ?? '');
  return ip && port !== undefined ? { ip, port } : undefined;
}

/** A port number from its decimal text without leading zeros; undefined outside 1 to 65535. */
export function parsePort(text: string): number | undefined {
  if (!/^[1-9]\d{0,4}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}
