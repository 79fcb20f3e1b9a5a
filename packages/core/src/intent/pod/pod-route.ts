import type { Cidr, Ip } from '@berth/net';

/** A route inside a pod. One to the whole world takes the place of the default route of its family. */
export type PodRoute = { readonly dst: Cidr; readonly gw: Ip };
