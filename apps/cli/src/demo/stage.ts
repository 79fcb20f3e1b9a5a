import type { Lab } from '@berth/lab';

/** What one step of the story expects and what the packets said. */
export type StepResult = {
  /** `a` to `f`. */
  readonly step: string;
  readonly what: string;
  readonly expected: string;
  readonly observed: string;
  readonly ok: boolean;
};

/** Where the story takes place, and what its steps may do. */
export type Stage = {
  readonly lab: Lab;
  /** The floating IP, the pod's place as the lab knows it, and the outside router's own address. */
  readonly address: string;
  readonly pod: string;
  readonly upstream: string;
  readonly podNode: string;
  readonly gateways: readonly [string, string];
  /** Says something to whoever watches. */
  readonly tell: (text: string) => void;
  /** The columns of the floating IP's NAT row that decide where it runs. */
  readonly natColumns: () => Readonly<Record<string, string>>;
  /** Sets `spec.type` of the floating IP in its file; gives the text that was changed. */
  readonly setType: (type: 'centralized') => Promise<string>;
  /** What `berth plan` says now. */
  readonly planText: () => Promise<string>;
  /** What `berth apply` does. */
  readonly apply: () => Promise<void>;
};
