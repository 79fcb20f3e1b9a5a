import type { BfdTimers } from './intent.ts';

/** What an installation decides once. */
export type Settings = {
  /** Name of this Berth, and owner of the rows it writes. */
  readonly instance: string;
  /** The external subnet of VPCs and EIPs that name none. */
  readonly defaultExternalSubnet: string;
  /** Of the BFD sessions of VPCs with `enableBfd`; default {@link defaultBfdTimers}. */
  readonly bfd?: BfdTimers;
};

/** What Kube-OVN asks for (its flags `--bfd-min-tx`, `--bfd-min-rx` and `--detect-mult`). */
export const defaultBfdTimers: BfdTimers = { minTxMs: 100, minRxMs: 100, detectMultiplier: 3 };
