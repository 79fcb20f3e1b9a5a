import type { Explanation, Finding, FindingCode, Intent } from '@berth/core';
import { expect, test } from 'vitest';
import { relatedFindings } from './related-findings.ts';

const about = (code: FindingCode, object: Finding['object'], ...related: Finding['related']): Finding => ({
  ...{ code, severity: 'info', message: 'm', cure: 'c', related, rows: [] },
  ...(object && { object }),
});

const cordoned = about('gateway-cordoned', { kind: 'Node', name: 'node-2' }, { kind: 'Vpc', name: 'vpc1' });
const stale = about('chassis-stale', { kind: 'Node', name: 'node-2' });
const moved = about('gateway-moved', { kind: 'Logical_Router_Port', name: 'vpc1-external0' });
const all = [cordoned, stale, moved, about('no-route', { kind: 'Vpc', name: 'vpc2' })];

/** Who has the ports of workloads, where nobody has. */
const nobody = { claims: new Map<string, string>() };

const flow = { origins: [], gatewayPort: 'vpc1-external0', router: 'vpc1', target: 'fip/web' };

function codes(explanation: object): readonly string[] {
  const asked = explanation as Explanation;
  const nodeName = (chassis: string): string => chassis.replace('c-', 'node-');
  return relatedFindings(asked, all, { nodeName, asked: undefined, fabric: nobody }).map(({ code }) => code);
}

test('an address that passes a gateway is told which of its gateways are cordoned, another is not', () => {
  const at = (placement: string) => ({ now: { addresses: [{ flow: { ...flow, placement } }] } });
  expect(codes(at('centralized'))).toEqual(['gateway-cordoned', 'gateway-moved']);
  expect(codes(at('distributed'))).toEqual(['gateway-moved']);
});

test('a node is found by the name its findings call it', () => {
  expect(codes({ now: { addresses: [] }, node: { chassis: 'c-2' } })).toEqual([
    'gateway-cordoned',
    'chassis-stale',
  ]);
});

test('an address is told which of the nodes that have a part in it stand still', () => {
  const own = { ...flow, placement: 'centralized', logicalPort: 'web.default' };
  const state = (chassis: string) => ({ outcome: 'delivered', berth: chassis });
  const still = ['node-1', 'node-2', 'node-3', 'node-4'].map((name) =>
    about('node-frozen', { kind: 'Node', name }),
  );
  const told = relatedFindings(
    {
      now: { addresses: [{ flow: own, inbound: state('c-1'), outbound: state('c-2') }] },
    } as unknown as Explanation,
    [...still, stale, about('no-bridge-mapping', { kind: 'Node', name: 'node-1' })],
    {
      nodeName: (chassis) => chassis.replace('c-', 'node-'),
      asked: undefined,
      fabric: { claims: new Map([['web.default', 'c-3']]) },
    },
  );
  expect(told.map(({ code, object }) => `${code} ${object?.name}`)).toEqual([
    ...['node-frozen node-1', 'node-frozen node-2', 'node-frozen node-3'],
    'chassis-stale node-2',
  ]);
});

test('another address of the same network is none of its trouble, and what is wrong with the network is', () => {
  const subnet = { kind: 'Vpc', name: 'vpc1' };
  const told = relatedFindings(
    { now: { addresses: [{ flow: { ...flow, placement: 'distributed' } }] } } as unknown as Explanation,
    [about('address-outside-subnet', { kind: 'OvnEip', name: 'far' }, subnet), about('no-route', subnet)],
    { nodeName: (chassis) => chassis, asked: undefined, fabric: nobody },
  );
  expect(told.map(({ code }) => code)).toEqual(['no-route']);
});

test('a row of somebody else has to do with the floating IP whose address it has', () => {
  const ref = { kind: 'OvnFip', name: 'second' };
  const fip = { ref, pairs: [{ external: '10.9.101.77' }], target: { port: undefined } };
  const intent = { vpcs: [{ name: 'vpc1', floatingIps: [fip], attachments: [] }] } as unknown as Intent;
  const row = { ...flow, target: 'nat/vpc1/dnat_and_snat/10.9.101.77', externalIp: '10.9.101.77' };
  const told = relatedFindings(
    { now: { addresses: [{ flow: row }] } } as unknown as Explanation,
    [about('row-clash', ref), about('row-clash', { kind: 'OvnFip', name: 'other' })],
    { nodeName: (chassis) => chassis, asked: { intent }, fabric: nobody },
  );
  expect(told).toEqual([about('row-clash', ref)]);
});

test('another floating IP of its workload is told of under the workload, and not under a rule or a public address', () => {
  const fipOf = (name: string, external: string) => ({
    ref: { kind: 'OvnFip', name },
    pairs: [{ external }],
    target: { port: 'web.default' },
  });
  const floatingIps = [fipOf('web', '10.9.101.9'), fipOf('new', '10.9.101.33')];
  const intent = { vpcs: [{ name: 'vpc1', floatingIps, attachments: [] }] } as unknown as Intent;
  const own = { ...flow, externalIp: '10.9.101.9', logicalPort: 'web.default' };
  const findings = ['web', 'new'].map((name) => about('row-clash', { kind: 'OvnFip', name }));
  const told = (target: string) =>
    relatedFindings({ target, now: { addresses: [{ flow: own }] } } as unknown as Explanation, findings, {
      nodeName: (chassis) => chassis,
      asked: { intent },
      fabric: nobody,
    }).map(({ object }) => object?.name);
  for (const target of ['fip/web', 'eip/web', 'nat/vpc1/dnat_and_snat/10.9.101.9', '10.9.101.9'])
    expect(told(target)).toEqual(['web']);
  for (const target of ['pod/default/web', '192.168.0.4']) expect(told(target)).toEqual(['web', 'new']);
});

test('what is told of each of two is told once of one, and twice where it is about both', () => {
  const [web, more] = [
    { kind: 'OvnFip', name: 'web' },
    { kind: 'OvnFip', name: 'more' },
  ];
  const findings = [about('fip-ambiguous', web, more), about('fip-ambiguous', more, web)];
  const told = (...names: readonly string[]) =>
    relatedFindings(
      {
        now: {
          addresses: names.map((name) => ({
            flow: { ...flow, target: `fip/${name}`, origins: [{ object: { kind: 'OvnFip', name } }] },
          })),
        },
      } as unknown as Explanation,
      findings,
      { nodeName: (chassis) => chassis, asked: undefined, fabric: nobody },
    ).map(({ object }) => object?.name);
  expect([told('web'), told('more'), told('web', 'more')]).toEqual([['web'], ['more'], ['web', 'more']]);
});
