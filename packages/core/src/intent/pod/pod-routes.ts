import { type Pod, podRoutesAnnotation, refOf } from '@berth/api';
import {
  type Cidr,
  cidrFamily,
  familyOf,
  hostCidr,
  networkOf,
  parseInterfaceAddress,
  parseIp,
} from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { perObject, perObjectWith } from '../../memo/per-object.ts';
import type { PodNetwork } from './pod-network.ts';
import type { PodRoute } from './pod-route.ts';
import { misfitOf } from './pod-route-misfit.ts';

/** More routes than these are no list that somebody wrote, and each costs its node a program. */
const mostRoutes = 256;

type Read = { readonly routes: readonly PodRoute[]; readonly fault?: string };

/**
 * The routes that a pod asks for, as Kube-OVN has them: a JSON list of `{"dst": …, "gw": …}`, where one without `dst` is the default route. None
 * where one of them cannot be read or cannot be on the pod's network: half of them would be worse.
 */
export function podRoutes(pod: Pod, network: PodNetwork): readonly PodRoute[] {
  return faultIn(pod, network) === undefined ? read(pod).routes : [];
}

/** That a pod gets none of its routes, and why. Without a network, as of a pod that has no address yet, only their form is looked at. */
export const unusableRoutes = perObjectWith(
  (pod: Pod, { network }: { readonly network: PodNetwork | undefined }): readonly Finding[] => {
    const fault = network ? faultIn(pod, network) : read(pod).fault;
    if (fault === undefined) return [];
    return [
      finding('annotation-invalid', {
        severity: 'warning',
        object: refOf(pod),
        field: `metadata.annotations['${podRoutesAnnotation}']`,
        message: `the annotation ${podRoutesAnnotation} cannot be used: ${fault}, so the pod gets none of these routes`,
        cure: 'write a list such as [{"dst": "10.0.0.0/8", "gw": "192.168.0.254"}], with gateways of the pod’s subnet, or leave the annotation out',
      }),
    ];
  },
);

/** Whether a pod asks for routes at all. */
export function asksForRoutes({ metadata: { annotations } }: Pod): boolean {
  return (annotations[podRoutesAnnotation] ?? '').trim() !== '';
}

function faultIn(pod: Pod, network: PodNetwork): string | undefined {
  const { routes, fault } = read(pod);
  return fault ?? misfitOf(routes, network);
}

const read = perObject((pod: Pod): Read => {
  if (!asksForRoutes(pod)) return { routes: [] };
  const list = jsonOf(pod.metadata.annotations[podRoutesAnnotation] ?? '');
  if (!Array.isArray(list)) return { routes: [], fault: 'it is no JSON list' };
  if (list.length > mostRoutes)
    return { routes: [], fault: `it has ${list.length} routes, more than ${mostRoutes}` };
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

/** A route, or what is wrong with it, after its place in the list. A field misspelt would make a route another one. */
function routeOf(item: unknown): PodRoute | string {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return ` is no {"dst": …, "gw": …}`;
  const { dst, gw, ...others } = item as { dst?: unknown; gw?: unknown };
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) return ` has ${shown(stranger)}, and only dst and gw have a meaning`;
  const gateway = typeof gw === 'string' ? parseIp(gw) : undefined;
  if (!gateway) return `.gw ${shown(gw ?? '')} is not an IP address`;
  const target = dst === undefined || dst === '' ? networkOf(gateway, 0) : targetOf(dst);
  if (!target) return `.dst ${shown(dst)} is neither a network nor an address`;
  if (cidrFamily(target) !== familyOf(gateway)) return `.gw ${gateway} is not of the family of ${target}`;
  return { dst: target, gw: gateway };
}

/** A value as JSON has it; of what may be nested without end only what it is. */
function shown(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return Array.isArray(value) ? '[…]' : '{…}';
}

/** A network, also by the address of a host in it, or one host. */
function targetOf(text: unknown): Cidr | undefined {
  if (typeof text !== 'string') return undefined;
  const host = parseIp(text);
  return host ? hostCidr(host) : parseInterfaceAddress(text)?.cidr;
}
