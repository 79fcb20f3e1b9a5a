import { OvsdbFault } from '../value/fault.ts';

/** Where a server listens, in the notation of ovsdb(7), "Connection Methods". */
export type Remote =
  | { readonly kind: 'unix'; readonly path: string }
  /** `host` without brackets. */
  | { readonly kind: 'tcp' | 'ssl'; readonly host: string; readonly port: number };

/** The port registered for OVSDB (RFC 7047 section 4). */
const defaultPort = 6640;

/**
 * Reads `unix:PATH`, `tcp:HOST`, `tcp:HOST:PORT`, or either with `ssl`; an IPv6 address stands in brackets, and the port defaults to 6640.
 * Throws `OvsdbFault` `bad-remote`.
 */
export function parseRemote(text: string): Remote {
  const [, method, address] = /^([a-z]+):(.+)$/s.exec(text) ?? [];
  if (method === 'unix' && address !== undefined) return { kind: 'unix', path: address };
  if ((method === 'tcp' || method === 'ssl') && address !== undefined) {
    const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(address) ?? [];
    const host = bracketed ?? plain;
    const port = digits === undefined ? defaultPort : Number(digits);
    if (host !== undefined && port > 0 && port <= 0xffff) return { kind: method, host, port };
  }
  throw new OvsdbFault(
    'bad-remote',
    `"${text}" is not unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT (IPv6 in brackets)`,
  );
}

/** The notation that `parseRemote` reads. */
export function formatRemote(remote: Remote): string {
  switch (remote.kind) {
    case 'unix':
      return `unix:${remote.path}`;
    case 'tcp':
    case 'ssl':
      return `${remote.kind}:${remote.host.includes(':') ? `[${remote.host}]` : remote.host}:${remote.port}`;
  }
}
