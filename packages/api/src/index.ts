export { type FieldRule, fieldRulesOf } from './cel/field-rule.ts';
export { type TextCheck, type TextCheckName, textChecks } from './cel/text-check.ts';
export type { ConfigMap } from './config-map/schema.ts';
export {
  type CustomResourceDefinition,
  customResourceDefinition,
  type DefinedKindName,
  definedKinds,
  pluralOf,
} from './crd/definition.ts';
export type { StructuralSchema } from './crd/structural-schema.ts';
export { splitCidrs, splitIps } from './field/address.ts';
export { faultOfMac as macFault, ipAddressesFault, type TextFault } from './field/address-fault.ts';
export { longestName } from './field/name.ts';
export type { GatewayPolicy } from './gateway-policy/schema.ts';
export { type AwaitedPod, awaitedPodOf, withAwaitedPod } from './ip/awaited-pod.ts';
export type { IP } from './ip/schema.ts';
export { type AgentKindName, type AgentResourceByKind, agentKinds } from './kind/agent-kinds.ts';
export { cellsOf, columnsOf } from './kind/cells.ts';
export { apiVersionOf, type Kind } from './kind/kind.ts';
export { isKindName, kindOfWord, kinds } from './kind/kinds.ts';
export { formatRef, type ResourceRef, refKey, refOf, refOfKey } from './kind/ref.ts';
export {
  emptyResourceSet,
  type KindName,
  type Resource,
  type ResourceByKind,
  type ResourceSet,
  resourceSetOf,
  resourcesIn,
} from './kind/resource.ts';
export { isRule, isRuleKind, type Rule, type RuleKind, ruleKinds, rulesIn } from './kind/rule.ts';
export type { Namespace } from './namespace/schema.ts';
export type { Node } from './node/schema.ts';
export { type AddressPair, pairsIn, pairsText } from './node-order/pairs.ts';
export { type NodeOrder, nodeOrderSchema } from './node-order/schema.ts';
export { type NodeReport, nodeReportSchema } from './node-report/schema.ts';
export type { OvnDnatRule } from './ovn-dnat-rule/schema.ts';
export type { OvnEip } from './ovn-eip/schema.ts';
export type { OvnFip } from './ovn-fip/schema.ts';
export type { OvnSnatRule } from './ovn-snat-rule/schema.ts';
export { type FieldPath, formatFieldPath, parseFieldPath } from './parse/field-path.ts';
export { nearest } from './parse/nearest.ts';
export { type ParsedResource, parseResource, refIn } from './parse/parse-resource.ts';
export type { Problem } from './parse/problem.ts';
export {
  type Affinity,
  type NodeSelectorTerm,
  type Scheduling,
  schedulingOf,
  type WeightedTerm,
} from './pod/scheduling.ts';
export type { Pod } from './pod/schema.ts';
export type { ProviderNetwork } from './provider-network/schema.ts';
export type { Cell, Column } from './resource/column.ts';
export {
  type Keep,
  type KeepingKind,
  keepForms,
  keepOf,
  keepText,
  readKeep,
} from './resource/keep.ts';
export type { Condition, Metadata } from './resource/meta.ts';
export type { Subnet } from './subnet/schema.ts';
export type { Vip } from './vip/schema.ts';
export type { Vlan } from './vlan/schema.ts';
export type { Vpc } from './vpc/schema.ts';
export {
  aboutAnnotation,
  allocatedAnnotation,
  allowAddressInUseAnnotation,
  allowDnatStopAnnotation,
  allowedNamespacesAnnotation,
  awaitedPodAnnotation,
  berthGroup,
  changeKey,
  chassisAnnotation,
  chosenAddressesAnnotation,
  cidrAnnotation,
  controllerFinalizer,
  defaultExternalSubnet,
  defaultVpc,
  eipTypeLabel,
  eipV4IpLabel,
  eipV6IpLabel,
  epochKey,
  externalGatewayConfigKeys,
  externalGatewayConfigName,
  externalGatewayConfigNamespace,
  externalGatewayLabel,
  formerKey,
  formerOrderPrefix,
  gatewayAnnotation,
  givenBackPrefix,
  ipAddressAnnotation,
  ipPoolAnnotation,
  ipReservedLabel,
  ipv6LabelValue,
  keepAnnotation,
  keptKey,
  kubeOvnGroup,
  labelLength,
  leadKey,
  leadSinceKey,
  lingersPrefix,
  logicalRouterAnnotation,
  logicalSwitchAnnotation,
  macAddressAnnotation,
  nodeExternalGatewayLabel,
  nodeNameLabel,
  originKey,
  ownerKey,
  type ProviderNetworkKey,
  podEipAnnotation,
  podRoutesAnnotation,
  podSnatAnnotation,
  podUidAnnotation,
  portSecurityAnnotation,
  providerNetworkLabel,
  rebalanceAnnotation,
  routedAnnotation,
  subnetLabel,
  takenPrefix,
  takeOverAnnotation,
  tunnelBfdKey,
  vpcEipAnnotation,
  vpcExternalLabel,
  vpcLabel,
  vpcNatAnnotation,
} from './well-known.ts';
