import { attachmentsOfRows } from '@berth/core';
import type { Analysis } from '../context/analysis.ts';
import { resourcesOfRows } from '../context/told-by-rows.ts';
import type { StatusAnswer } from '../schema/status.ts';
import { berthOf, hostOf, worksText } from './status-of.ts';

type Known = Pick<Analysis, 'observed' | 'present' | 'flows' | 'verdicts'>;

/** The routers of an OVN of which no objects are known, with their gateways. */
export function vpcsByRows({ observed, present }: Known): StatusAnswer['vpcs'] {
  const attachments = Map.groupBy(attachmentsOfRows({ nb: observed.nb, fabric: present }), ({ vpc }) => vpc);
  const names = [...observed.nb.table('Logical_Router')].map(({ name }) => name).sort();
  return names.map((name) => ({
    name,
    attachments: (attachments.get(name) ?? []).map(({ subnet, addresses, gateways }) => ({
      subnet,
      addresses: [...addresses],
      gateways: gateways.map((gateway) => ({ node: hostOf(present, gateway.chassis), ...gateway })),
    })),
  }));
}

/** Its floating IPs: of Berth's rows by the names of their objects, of others by the targets that commands take. */
export function floatingIpsByRows(analysis: Known): StatusAnswer['floatingIps'] {
  const { present, observed } = analysis;
  const resources = resourcesOfRows(analysis);
  const verdicts = observed.unfit ? [] : analysis.verdicts();
  const byTarget = Map.groupBy(verdicts, ({ flow }) => flow.target);
  const pods = new Map(
    resources.IP.flatMap(({ metadata, spec }) =>
      spec.podName === undefined || spec.namespace === undefined
        ? []
        : [[metadata.name, { kind: 'Pod', namespace: spec.namespace, name: spec.podName }] as const],
    ),
  );
  return resources.OvnFip.map((fip) => {
    const { status = {}, spec, metadata } = fip;
    const port = spec.ipName;
    return {
      name: metadata.name,
      vpc: status.vpc ?? '',
      externalIps: [status.v4Eip, status.v6Eip].flatMap((text) => text?.split(',') ?? []),
      target: port === undefined ? null : (pods.get(port) ?? { kind: 'Logical_Switch_Port', name: port }),
      elsewhere: null,
      placement: { effective: placementOf(status.placement), wanted: null },
      berth: berthOf(status.berth, present, resources),
      works: worksText(byTarget.get(metadata.name) ?? byTarget.get(`fip/${metadata.name}`) ?? []),
    };
  });
}

function placementOf(text: string | undefined): 'distributed' | 'centralized' {
  return text === 'distributed' ? 'distributed' : 'centralized';
}
