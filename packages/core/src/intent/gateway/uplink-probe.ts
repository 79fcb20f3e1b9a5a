import { formatRef, type GatewayPolicy, refOf } from '@berth/api';
import { contains, type Ip, parseIp } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { UplinkProbeIntent } from '../intent.ts';
import type { SurveyedSubnet } from '../object/subnet.ts';
import type { Survey } from '../object/surveyed.ts';
import { defaultUplinkProbe } from '../settings.ts';

type Probe = NonNullable<NonNullable<GatewayPolicy['spec']['health']>['uplinkProbe']>;

/** Policies of the VPCs that are attached to an external subnet and say how uplinks are watched. */
function probingPolicies(surveyed: SurveyedSubnet, survey: Survey): readonly GatewayPolicy[] {
  const policies = survey.attachments
    .filter(({ subnet }) => subnet === surveyed)
    .flatMap(({ vpc }) => survey.policies.get(vpc.metadata.name) ?? []);
  return [...new Set(policies)].filter(({ spec }) => spec.health?.uplinkProbe !== undefined);
}

/**
 * How an external subnet's uplinks are watched. There is one probe for each: of what policies ask for, the shortest
 * interval, the lowest thresholds, and all targets count. The target of a policy that names none is the gateway.
 */
export function uplinkProbeOf(surveyed: SurveyedSubnet, survey: Survey): UplinkProbeIntent {
  const asked = probingPolicies(surveyed, survey).flatMap(({ spec }) => spec.health?.uplinkProbe ?? []);
  const least = (field: 'intervalMs' | 'failureThreshold' | 'successThreshold'): number => {
    const values = asked.flatMap((probe) => probe[field] ?? []);
    return values.length > 0 ? Math.min(...values) : defaultUplinkProbe[field];
  };
  const gateways = surveyed.networks.map(({ gateway }) => gateway);
  const targets = asked.flatMap((probe) => {
    const own = targetsOn(probe, surveyed);
    return own.length > 0 ? own : gateways;
  });
  return {
    targets: targets.length > 0 ? [...new Set(targets)].sort() : gateways,
    intervalMs: least('intervalMs'),
    failureThreshold: least('failureThreshold'),
    successThreshold: least('successThreshold'),
  };
}

/** Targets of policies that are on no external subnet of their VPCs, where nobody can ask for them. */
export function strayTargets(survey: Survey): readonly Finding[] {
  return [...new Set(survey.policies.values())].flatMap((policy) => {
    const subnets = survey.attachments
      .filter(({ vpc }) => survey.policies.get(vpc.metadata.name) === policy)
      .map(({ subnet }) => subnet);
    const targets = policy.spec.health?.uplinkProbe?.targets ?? [];
    return targets.flatMap((text, index) => {
      const ip = parseIp(text);
      if (!ip || subnets.length === 0 || subnets.some((each) => isOn(ip, each))) return [];
      const names = [...new Set(subnets.map(({ subnet }) => `subnet/${subnet.metadata.name}`))].sort();
      return [
        finding('address-outside-subnet', {
          object: refOf(policy),
          field: `spec.health.uplinkProbe.targets[${index}]`,
          severity: 'warning',
          message: `${text} is on no external subnet of the VPCs of ${formatRef(refOf(policy))} (${names.join(', ')}), so nobody asks for it`,
          cure: 'name an address of these subnets',
        }),
      ];
    });
  });
}

function targetsOn({ targets = [] }: Probe, surveyed: SurveyedSubnet): readonly Ip[] {
  return targets.flatMap((text) => {
    const ip = parseIp(text);
    return ip && isOn(ip, surveyed) ? [ip] : [];
  });
}

function isOn(ip: Ip, { networks }: SurveyedSubnet): boolean {
  return networks.some(({ cidr }) => contains(cidr, ip));
}
