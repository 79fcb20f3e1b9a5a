import { type Pod, podRoutesAnnotation, refOf } from '@berth/api';
import {
  type Cidr,
  cidrFamily,
  familyOf,
  type Ip,
  networkOf,
  parseInterfaceAddress,
  parseIp,
} from '@berth/net';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { perObject } from '../memo/per-object.ts';

/** A route inside a pod. One to the whole world takes the place of the default route of its family. */
export type PodRoute = { readonly dst: Cidr; readonly gw: Ip };

type Read = { readonly routes: readonly PodRoute[]; readonly fault?: string };

/**
 * The routes that a pod asks for, as Kube-OVN has them: a JSON list of `{"dst": …, "gw": …}`, where one without `dst` is the default route. None
 * where the annotation cannot be read: half of them would be worse.
 */
export const podRoutes = (pod: Pod): readonly PodRoute[] => read(pod).routes;

/** That the routes of a pod cannot be read, and why. */
export const unreadableRoutes = perObject((pod: Pod): readonly Finding[] => {
  const { fault } = read(pod);
  if (fault === undefined) return [];
  return [
    finding('annotation-invalid', {
      severity: 'warning',
      object: refOf(pod),
      field: `metadata.annotations['${podRoutesAnnotation}']`,
      message: `the annotation ${podRoutesAnnotation} cannot be read: ${fault}, so the pod gets none of these routes`,
      cure: 'write a list such as [{"dst": "10.0.0.0/8", "gw": "192.168.0.254"}], or leave the annotation out',
    }),
  ];
});

const read = perObject(({ metadata: { annotations } }: Pod): Read => {
  const text = annotations[podRoutesAnnotation] ?? '';
  if (text.trim() === '') return { routes: [] };
  const list = jsonOf(text);
  if (!Array.isArray(list)) return { routes: [], fault: 'it is no JSON list' };
  const routes: PodRoute[] = [];
  for (const [place, item] of list.entries()) {
    const route = routeOf(item);
    if (typeof route === 'string') return { routes: [], fault: `[${place}]${route}` };
    routes.push(route);
  }
  return { routes };
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A route, or what is wrong with it, after its place in the list. */
function routeOf(item: unknown): PodRoute | string {
  const { dst, gw } = (typeof item === 'object' && item !== null ? item : {}) as {
    dst?: unknown;
    gw?: unknown;
  };
  const gateway = typeof gw === 'string' ? parseIp(gw) : undefined;
  if (!gateway) return `.gw ${JSON.stringify(gw ?? '')} is not an IP address`;
  const target = dst === undefined || dst === '' ? everywhere(gateway) : targetOf(dst);
  if (!target) return `.dst ${JSON.stringify(dst)} is neither a network nor an address`;
  if (cidrFamily(target) !== familyOf(gateway)) return `.gw ${gateway} is not of the family of ${target}`;
  return { dst: target, gw: gateway };
}

function everywhere(gateway: Ip): Cidr | undefined {
  return networkOf(gateway, 0);
}

/** A network, also by the address of a host in it, or one host. */
function targetOf(text: unknown): Cidr | undefined {
  if (typeof text !== 'string') return undefined;
  const host = parseIp(text);
  return host ? networkOf(host, host.includes(':') ? 128 : 32) : parseInterfaceAddress(text)?.cidr;
}
