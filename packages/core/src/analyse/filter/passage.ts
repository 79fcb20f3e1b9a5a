import type { Prefix } from '../flows/address-text.ts';
import type { Talk } from './talk.ts';

/** A way through a switch, between the port that is nearer to the outside and the one that is nearer to the workload. */
export type Passage = {
  /** Undefined where it is not known. */
  readonly outer: string | undefined;
  readonly inner: string;
  /** The address of the workload, as packets have it on this switch. */
  readonly ip: string;
  /** The hardware addresses that packets have here at both ends; undefined where they are not known. */
  readonly macs?: { readonly outer: string | undefined; readonly inner: string | undefined } | undefined;
  /** The address of the router on this switch; undefined where it has none, or several. */
  readonly routerIp?: string | undefined;
  /** Whether a workload is at the inner port: those of routers and physical networks are not followed by conntrack. */
  readonly isWorkload: boolean;
  /** Networks in which the other end is not. */
  readonly notIn: readonly Prefix[];
  /** Which of its conversations is meant; any where left out. */
  readonly talk?: Talk | undefined;
};
