import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { externalGatewayLabel, type Resource } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../finding/catalogue.ts';
import { badCases } from '../testing/bad-cases.ts';
import { badSupport } from '../testing/bad-support.ts';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { desiredRows } from '../testing/program.ts';
import { namespace, node, pod, subnet, vlan, vpc } from '../testing/resources.ts';
import { rowTexts } from '../testing/row-text.ts';
import { settle } from '../testing/settle.ts';

const cases = [...badCases, ...badSupport];

describe('bad input', () => {
  it.each(cases)(
    'is one finding when $what',
    ({ objects, fabric = fieldFabric, expected, also = [], rest }) => {
      const { findings } = settle(fieldStoryWith(...objects), fabric);
      expect(findings).toMatchObject([{ severity: catalogue[expected.code].severity, ...expected }, ...also]);
      expect(findings[0]?.cure).not.toBe('');
      if (rest === false) return;
      const rows = rowTexts(desiredRows(fieldStoryWith(...objects), fabric)).map((row) =>
        row.replace(/ gateway_port=\S+/, ''),
      );
      expect(rows).toContain(
        'NAT type=dnat_and_snat external_ip=10.9.101.9 logical_ip=192.168.0.4 logical_port=web.default external_mac=36:3e:6d:8f:9f:31',
      );
    },
  );

  it('all at once leaves the good part of the folder programmed', () => {
    const harmless = cases.filter((each) => each.rest !== false && each.expected.code !== 'no-gateway');
    const all = new Map(
      harmless
        .flatMap(({ objects }) => objects)
        .map((object, index) => {
          const name = object.metadata.name === 'zz' ? `zz${index}` : object.metadata.name;
          const renamed = { ...object, metadata: { ...object.metadata, name } } as Resource;
          return [`${object.kind} ${name}`, renamed] as const;
        }),
    );
    const objects = fieldStoryWith(...all.values());
    expect(settle(objects, fieldFabric).findings.length).toBeGreaterThan(20);
    expect(rowTexts(desiredRows(objects, fieldFabric), 'NAT')).toContain(
      'NAT type=dnat_and_snat external_ip=10.9.101.9 logical_ip=192.168.0.4 logical_port=web.default external_mac=36:3e:6d:8f:9f:31',
    );
  });

  it('is never silent: a pod on its node network, a label "false" and an unused namespace are no bad input', () => {
    const hostPod = pod('proxy');
    const { findings } = settle(
      fieldStoryWith(
        { ...hostPod, spec: { ...hostPod.spec, hostNetwork: true } },
        node('n', { labels: { [externalGatewayLabel]: 'false' } }),
        namespace('empty'),
      ),
      fieldFabric,
    );
    expect(findings).toEqual([]);
  });

  it('is never silent nor loud: what asks for nothing that is not so anyway is no bad input', () => {
    const { findings } = settle(
      fieldStoryWith(
        subnet('quiet', {
          vpc: 'vpc1',
          cidrBlock: '172.30.0.0/24',
          provider: 'ovn',
          gatewayType: 'distributed',
          gatewayNode: '',
          natOutgoing: false,
          private: false,
          allowSubnets: ['10.0.0.0/8'],
          enableLb: true,
          disableGatewayCheck: true,
          logicalGateway: false,
          acls: [],
          u2oInterconnection: false,
        }),
        vpc('quiet', {
          bfdPort: { enabled: false },
          vpcPeerings: [],
          namespaces: [],
          extraExternalSubnets: [],
        }),
        vlan('quiet', { provider: 'external0', id: 7, vlanId: 7 }),
      ),
      fieldFabric,
    );
    expect(findings).toEqual([]);
  });

  it('covers every code that the intent produces', () => {
    const folders = [import.meta.dirname, join(import.meta.dirname, '../fabric')];
    const sources = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .map((name) => join(folder, name)),
    );
    const produced = sources.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bfinding\(\s*'([a-z-]+)'/g)].map(([, code]) => code),
    );
    const told = cases.flatMap(({ expected, also = [] }) =>
      [expected, ...also].flatMap(({ code }) => code ?? []),
    );
    expect(new Set(told)).toEqual(new Set(produced));
  });
});
