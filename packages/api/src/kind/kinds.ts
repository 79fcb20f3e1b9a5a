import { configMapColumns } from '../config-map/columns.ts';
import { configMapSchema } from '../config-map/schema.ts';
import { gatewayPolicyColumns } from '../gateway-policy/columns.ts';
import { gatewayPolicySchema } from '../gateway-policy/schema.ts';
import { ipColumns } from '../ip/columns.ts';
import { ipSchema } from '../ip/schema.ts';
import { namespaceColumns } from '../namespace/columns.ts';
import { namespaceSchema } from '../namespace/schema.ts';
import { nodeColumns } from '../node/columns.ts';
import { nodeSchema } from '../node/schema.ts';
import { ovnDnatRuleColumns } from '../ovn-dnat-rule/columns.ts';
import { ovnDnatRuleSchema } from '../ovn-dnat-rule/schema.ts';
import { ovnEipColumns } from '../ovn-eip/columns.ts';
import { ovnEipSchema } from '../ovn-eip/schema.ts';
import { ovnFipColumns } from '../ovn-fip/columns.ts';
import { ovnFipSchema } from '../ovn-fip/schema.ts';
import { ovnSnatRuleColumns } from '../ovn-snat-rule/columns.ts';
import { ovnSnatRuleSchema } from '../ovn-snat-rule/schema.ts';
import { podColumns } from '../pod/columns.ts';
import { podSchema } from '../pod/schema.ts';
import { providerNetworkColumns } from '../provider-network/columns.ts';
import { providerNetworkSchema } from '../provider-network/schema.ts';
import { subnetColumns } from '../subnet/columns.ts';
import { subnetSchema } from '../subnet/schema.ts';
import { vipColumns } from '../vip/columns.ts';
import { vipSchema } from '../vip/schema.ts';
import { vlanColumns } from '../vlan/columns.ts';
import { vlanSchema } from '../vlan/schema.ts';
import { vpcColumns } from '../vpc/columns.ts';
import { vpcSchema } from '../vpc/schema.ts';
import { berthGroup, kubeOvnGroup } from '../well-known.ts';
import type { Kind } from './kind.ts';
import type { KindName } from './resource.ts';

const kubeOvn = {
  group: kubeOvnGroup,
  version: 'v1',
  namespaced: false,
  hasStatus: true,
  aliases: [],
  categories: ['berth'],
} as const;

const core = { group: '', version: 'v1', hasStatus: true, aliases: [], categories: [] } as const;

/** Every kind we read. */
export const kinds: { readonly [K in KindName]: Kind<K> } = {
  ProviderNetwork: {
    ...kubeOvn,
    name: 'ProviderNetwork',
    plural: 'provider-networks',
    singular: 'provider-network',
    shortNames: ['pn'],
    schema: providerNetworkSchema,
    columns: providerNetworkColumns,
  },
  Vlan: {
    ...kubeOvn,
    name: 'Vlan',
    plural: 'vlans',
    singular: 'vlan',
    shortNames: ['vlan'],
    schema: vlanSchema,
    columns: vlanColumns,
  },
  Vpc: {
    ...kubeOvn,
    name: 'Vpc',
    plural: 'vpcs',
    singular: 'vpc',
    shortNames: ['vpc'],
    schema: vpcSchema,
    columns: vpcColumns,
  },
  Subnet: {
    ...kubeOvn,
    name: 'Subnet',
    plural: 'subnets',
    singular: 'subnet',
    shortNames: ['subnet'],
    schema: subnetSchema,
    columns: subnetColumns,
  },
  OvnEip: {
    ...kubeOvn,
    name: 'OvnEip',
    plural: 'ovn-eips',
    singular: 'ovn-eip',
    shortNames: ['oeip'],
    aliases: ['eip', 'eips'],
    schema: ovnEipSchema,
    columns: ovnEipColumns,
  },
  OvnFip: {
    ...kubeOvn,
    name: 'OvnFip',
    plural: 'ovn-fips',
    singular: 'ovn-fip',
    shortNames: ['ofip'],
    aliases: ['fip', 'fips'],
    schema: ovnFipSchema,
    columns: ovnFipColumns,
  },
  OvnSnatRule: {
    ...kubeOvn,
    name: 'OvnSnatRule',
    plural: 'ovn-snat-rules',
    singular: 'ovn-snat-rule',
    shortNames: ['osnat'],
    aliases: ['snat', 'snats'],
    schema: ovnSnatRuleSchema,
    columns: ovnSnatRuleColumns,
  },
  OvnDnatRule: {
    ...kubeOvn,
    name: 'OvnDnatRule',
    plural: 'ovn-dnat-rules',
    singular: 'ovn-dnat-rule',
    shortNames: ['odnat'],
    aliases: ['dnat', 'dnats'],
    schema: ovnDnatRuleSchema,
    columns: ovnDnatRuleColumns,
  },
  GatewayPolicy: {
    name: 'GatewayPolicy',
    group: berthGroup,
    version: 'v1alpha1',
    namespaced: false,
    hasStatus: true,
    categories: ['berth'],
    plural: 'gatewaypolicies',
    singular: 'gatewaypolicy',
    shortNames: ['gwpol'],
    aliases: ['policy', 'policies'],
    schema: gatewayPolicySchema,
    columns: gatewayPolicyColumns,
  },
  IP: {
    ...kubeOvn,
    name: 'IP',
    plural: 'ips',
    singular: 'ip',
    shortNames: ['ip'],
    hasStatus: false,
    schema: ipSchema,
    columns: ipColumns,
  },
  Vip: {
    ...kubeOvn,
    name: 'Vip',
    plural: 'vips',
    singular: 'vip',
    shortNames: ['vip'],
    hasStatus: false,
    schema: vipSchema,
    columns: vipColumns,
  },
  Node: {
    ...core,
    name: 'Node',
    plural: 'nodes',
    singular: 'node',
    shortNames: ['no'],
    namespaced: false,
    schema: nodeSchema,
    columns: nodeColumns,
  },
  Namespace: {
    ...core,
    name: 'Namespace',
    plural: 'namespaces',
    singular: 'namespace',
    shortNames: ['ns'],
    namespaced: false,
    schema: namespaceSchema,
    columns: namespaceColumns,
  },
  Pod: {
    ...core,
    name: 'Pod',
    plural: 'pods',
    singular: 'pod',
    shortNames: ['po'],
    namespaced: true,
    schema: podSchema,
    columns: podColumns,
  },
  ConfigMap: {
    ...core,
    name: 'ConfigMap',
    plural: 'configmaps',
    singular: 'configmap',
    shortNames: ['cm'],
    namespaced: true,
    hasStatus: false,
    schema: configMapSchema,
    columns: configMapColumns,
  },
};

/** Whether a text is the exact name of a kind. */
export function isKindName(text: string): text is KindName {
  return Object.hasOwn(kinds, text);
}

/** The kind a word on the command line means: its name, plural, singular, a short name or an alias, in any case. */
export function kindOfWord(word: string): KindName | undefined {
  const wanted = word.toLowerCase();
  const found = Object.values(kinds).find(({ name, group, plural, singular, shortNames, aliases }) =>
    [name.toLowerCase(), plural, singular, `${plural}.${group}`, ...shortNames, ...aliases].includes(wanted),
  );
  return found?.name;
}
