import {
  externalGatewayConfigKeys,
  externalGatewayConfigName,
  externalGatewayConfigNamespace,
  formatRef,
  type GatewayPolicy,
  refOf,
} from '@berth/api';
import { contradictionOf, isKeptInForce, keptField } from '../intent/object/policy-contradiction.ts';
import { defaultGatewaySelector, valuesOf } from '../intent/object/policy-values.ts';
import type { View } from './view.ts';

type Effective = NonNullable<NonNullable<GatewayPolicy['status']>['effective']>[number];
type ProbeNumber = 'intervalMs' | 'failureThreshold' | 'successThreshold';

/** What counts for the VPCs of a policy, field by field, and where each value comes from. */
export function effectiveValues(
  policy: GatewayPolicy,
  vpcs: readonly string[],
  view: View,
): readonly Effective[] {
  const contradiction = contradictionOf(policy);
  const counts = contradiction?.counts ?? policy;
  const { spec } = counts;
  const values = valuesOf(counts);
  const own = (field: string): string => `${formatRef(refOf(policy))} ${field}`;
  const said = (field: string, given: unknown, value: string): Effective => ({
    field,
    value,
    from: given === undefined ? 'default' : own(field),
  });
  const lossless = spec.placement === 'Distributed';
  // In place of the values that contradict each other.
  const decisive = own(isKeptInForce(policy, 'spec.placement') ? keptField : 'spec.placement');
  return [
    placementValue(counts, view, decisive),
    said('spec.override', spec.override, String(values.override)),
    lossless || contradiction
      ? {
          field: 'spec.onGatewayLoss',
          value: lossless ? 'not applicable' : values.onGatewayLoss,
          from: decisive,
        }
      : said('spec.onGatewayLoss', spec.onGatewayLoss, values.onGatewayLoss),
    said('spec.onUplinkLoss', spec.onUplinkLoss, values.onUplinkLoss),
    said('spec.gateways.nodeSelector', values.nodeSelector, selectorText(values.nodeSelector)),
    said('spec.gateways.maximum', spec.gateways?.maximum, String(values.maximum)),
    said('spec.gateways.drainSeconds', spec.gateways?.drainSeconds, String(values.drainSeconds)),
    said('spec.health.nodeReady', spec.health?.nodeReady, values.nodeReady),
    ...probeValues(policy, vpcs, view),
    ...bfdValues(view),
    said('spec.workloads', spec.workloads, values.workloads),
  ];
}

function placementValue({ spec }: GatewayPolicy, { lookup }: View, own: string): Effective {
  const field = 'spec.placement';
  if (spec.placement) return { field, value: spec.placement, from: own };
  const config = lookup.ConfigMap.get(`${externalGatewayConfigNamespace}/${externalGatewayConfigName}`);
  const type = config?.data[externalGatewayConfigKeys.type];
  const byConfig = config && (type === 'centralized' || type === 'distributed');
  return {
    field,
    value: byConfig && type === 'centralized' ? 'Centralized' : 'Distributed',
    from: byConfig ? `${formatRef(refOf(config))} data.type` : 'default',
  };
}

/** Of all tunnels there is one setting, so it may be another policy's. */
function bfdValues({ tunnelBfd }: View): readonly Effective[] {
  return (['minTxMs', 'minRxMs', 'multiplier'] as const).map((name) => ({
    field: `spec.bfd.${name}`,
    value: tunnelBfd ? String(tunnelBfd[name]) : "as OVN's northbound database has it",
    from: tunnelBfd ? `${formatRef(tunnelBfd.origin.object)} ${tunnelBfd.origin.field ?? ''}` : 'default',
  }));
}

/** Of an external subnet there is one probe, so it may be that of a policy of another VPC on it. */
function probeValues(policy: GatewayPolicy, vpcs: readonly string[], view: View): readonly Effective[] {
  const subnets = new Set(
    vpcs.flatMap((vpc) => view.vpcs.get(vpc)?.attachments.map(({ subnet }) => subnet) ?? []),
  );
  const probes = [...subnets].flatMap((name) => view.externals.get(name)?.uplinkProbe ?? []);
  if (probes.length === 0) return [];
  const sharing = [...view.vpcs.values()]
    .filter(({ attachments }) => attachments.some(({ subnet }) => subnets.has(subnet)))
    .flatMap(({ name }) => view.policies.get(name) ?? []);
  const asking = [policy, ...sharing.filter(({ metadata }) => metadata.name !== policy.metadata.name)];
  const targets = [...new Set(probes.flatMap((each) => each.targets))];
  const naming = asking.filter(({ spec }) => (spec.health?.uplinkProbe?.targets ?? []).length > 0);
  const at = (each: GatewayPolicy, field: string): string => `${formatRef(refOf(each))} ${field}`;
  const targetsField = 'spec.health.uplinkProbe.targets';
  const numberOf = (name: ProbeNumber): Effective => {
    const field = `spec.health.uplinkProbe.${name}`;
    const value = Math.min(...probes.map((each) => each[name]));
    const from = asking.find(({ spec }) => spec.health?.uplinkProbe?.[name] === value);
    return { field, value: String(value), from: from ? at(from, field) : 'default' };
  };
  return [
    {
      field: targetsField,
      value: targets.join(', '),
      from:
        naming.length === 0
          ? 'default'
          : [...new Set(naming.map((each) => at(each, targetsField)))].join(', '),
    },
    numberOf('intervalMs'),
    numberOf('failureThreshold'),
    numberOf('successThreshold'),
  ];
}

function selectorText(selector: ReturnType<typeof valuesOf>['nodeSelector']): string {
  if (!selector) return defaultGatewaySelector;
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }) =>
    values ? `${key} ${operator} (${values.join(', ')})` : `${key} ${operator}`,
  );
  return [...labels.sort(), ...expressions].join(', ') || 'every node';
}
