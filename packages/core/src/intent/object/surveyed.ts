import type { OvnEip, Pod, Vpc } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import type { Origin } from '../../finding/origin.ts';
import type { Asker } from '../../memo/per-item.ts';
import type { GatewayConfig } from './gateway-config.ts';
import type { Policies } from './gateway-policy.ts';
import type { Lookup } from './lookup.ts';
import type { SurveyedSubnet } from './subnet.ts';

/** A VPC's wish to have a port on an external subnet. */
export type SurveyedAttachment = {
  readonly vpc: Vpc;
  readonly subnet: SurveyedSubnet;
  /** Name of the router port, and of the OvnEip of type lrp that holds its addresses. */
  readonly name: string;
  readonly origin: Origin;
};

/** A pod that has a subnet and a node, with the name that its IP object and its logical switch port bear. */
export type SurveyedPod = {
  readonly pod: Pod;
  readonly name: string;
  readonly subnet: SurveyedSubnet;
  readonly node: string;
};

/** An EIP and the external subnet its address comes from. */
export type SurveyedEip = { readonly eip: OvnEip; readonly subnet: SurveyedSubnet };

/** Who belongs to what, before addresses: the part of the intent that references alone decide. */
export type Survey = {
  /** Who asks: what was said of lists is kept for it. */
  readonly asker: Asker;
  readonly lookup: Lookup;
  /** The external subnet of EIPs that name none. */
  readonly defaultSubnet: string;
  readonly subnets: ReadonlyMap<string, SurveyedSubnet>;
  readonly attachments: readonly SurveyedAttachment[];
  /** Attachments that are not made, because they would stop what there is. */
  readonly withheld: readonly SurveyedAttachment[];
  readonly eips: readonly SurveyedEip[];
  readonly pods: readonly SurveyedPod[];
  readonly config: GatewayConfig | undefined;
  readonly policies: Policies;
  readonly findings: readonly Finding[];
};
