import type { GatewayPolicy } from '@berth/api';

/** What is asked of a gateway: the router port it serves and the external network it must have a bridge for. */
export type GatewayQuestion = {
  readonly routerPort: string;
  readonly network: string;
  readonly vpc: string;
  /** The policy that counts for the VPC. */
  readonly policy?: GatewayPolicy | undefined;
  /** The order is to be the hash's, whoever serves now. */
  readonly rebalance?: boolean;
  /** Nodes of the group that was found and is kept, most preferred first; undefined where none is. */
  readonly kept?: readonly string[] | undefined;
};
