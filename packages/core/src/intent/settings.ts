import type { BfdTimers, UplinkProbeIntent } from './intent.ts';

/** What an installation decides once. */
export type Settings = {
  /** Name of this Berth, and owner of the rows it writes. */
  readonly instance: string;
  /** The external subnet of VPCs and EIPs that name none. */
  readonly defaultExternalSubnet: string;
  /** Of the BFD sessions of VPCs with `enableBfd`; default {@link defaultBfdTimers}. */
  readonly bfd?: BfdTimers;
  /** The fastest tunnel BFD that policies may ask for, in ms; default 300. */
  readonly minBfdMs?: number;
  /** VPCs whose gateways are to be in the even order, whichever serve now; default none. See `rebalanceAnnotation`. */
  readonly rebalance?: ReadonlySet<string>;
  /**
   * Objects, by `refKey`, of which the cluster has refused what was to be stored: it is not asked for again, and what is not stored
   * does not count. Default none.
   */
  readonly refused?: ReadonlySet<string>;
};

/** What a machine holds that is not measured: faster tunnel BFD takes living nodes for dead. */
export const defaultMinBfdMs = 300;

/** How uplinks are watched where no policy says otherwise. */
export const defaultUplinkProbe: Omit<UplinkProbeIntent, 'targets'> = {
  intervalMs: 1_000,
  failureThreshold: 3,
  successThreshold: 5,
};

/** What Kube-OVN asks for (its flags `--bfd-min-tx`, `--bfd-min-rx` and `--detect-mult`). */
export const defaultBfdTimers: BfdTimers = { minTxMs: 100, minRxMs: 100, detectMultiplier: 3 };
