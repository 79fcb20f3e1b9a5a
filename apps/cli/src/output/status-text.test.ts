import { type Finding, finding } from '@berth/core';
import { expect, test } from 'vitest';
import { type StatusBody, statusText } from './status-text.ts';
import { styleOf } from './style.ts';

const told: StatusBody = {
  databases: [],
  controller: { instance: 'default', running: false, stopped: false, waiting: null, epoch: 3 },
  missing: [
    { kind: 'ProviderNetwork', name: 'external0' },
    { kind: 'Vpc', name: 'vpc1' },
    { kind: 'OvnFip', name: 'web' },
  ],
  otherwise: [],
  assumptions: [],
  lead: null,
  toldBy: 'objects',
  unreadable: null,
  vpcs: [],
  floatingIps: [
    {
      name: 'db',
      vpc: 'vpc2',
      externalIps: ['10.9.101.8'],
      target: null,
      elsewhere: null,
      placement: { effective: 'distributed', wanted: 'distributed' },
      berth: null,
      works: null,
    },
  ],
  summary: { error: 0, warning: 0, info: 0 },
  others: { error: 0, warning: 0, info: 0 },
};

const text = (
  changes: Partial<StatusBody> = {},
  findings: readonly Finding[] = [],
  ofOthers: readonly Finding[] = [],
): string =>
  statusText(
    { ...told, ...changes },
    { findings, ofOthers },
    { style: styleOf(false), columns: 200 },
    'folder',
  );

test('status tells how much of what is asked for is there, what is missing, and who would see to it', () => {
  expect(text()).toContain('programmed  0 of 1 VPC, 1 of 2 floating IPs\n');
  expect(text()).toMatch(
    /^missing +ovn-fip\/web, vpc\/vpc1, provider-network\/external0: no controller runs .*berth apply/m,
  );
  const controller = { ...told.controller, running: true };
  expect(text({ controller })).toMatch(/^missing .*: the controller has not come to it$/m);
  expect(text({ controller: { ...controller, stopped: true } })).toMatch(/^missing .*is stopped and/m);
  expect(text({ controller: { ...controller, running: null } })).toMatch(/^missing .*is not known$/m);
});

test('whether a controller runs that nobody here can see is not made up, and it is said who knows', () => {
  const unknown = { ...told.controller, running: null };
  const line = (changes: Partial<StatusBody>) => /^controller .*$/m.exec(text(changes))?.[0];
  expect(line({ controller: unknown })).toMatch(
    /<unknown> +instance default, epoch 3: neither database .*--state/,
  );
  expect(line({ controller: { ...unknown, epoch: null } })).toMatch(/<unknown>.*none of that name has led/);
  const unreached = { controller: { ...unknown, epoch: null }, summary: null };
  expect(line(unreached)).toMatch(/<unknown>.*neither database/);
});

test('objects that cannot be read are told first, and that the rest goes by the rows', () => {
  const toldBy = 'rows' as const;
  const lines = text({ toldBy, unreadable: 'no answer', controller: { ...told.controller, running: null } });
  expect(lines).toMatch(/^objects +no answer\ncontroller +<unknown> {2}instance default, epoch 3\n/m);
  expect(lines).toMatch(/^told by +rows of NB and SB alone, as long as/m);
});

test('a floating IP that NB leads elsewhere than asked is listed with where that is', () => {
  const leading = (changes: object) =>
    text({ floatingIps: told.floatingIps.map((each) => ({ ...each, ...changes })) });
  expect(leading({})).toMatch(/^db +vpc2 +10\.9\.101\.8 +<none> +distributed/m);
  expect(leading({ elsewhere: '192.168.0.99' })).toMatch(
    /^db +vpc2 +10\.9\.101\.8 +192\.168\.0\.99 \(not as asked\) +distr/m,
  );
  const target = { kind: 'Logical_Switch_Port', name: 'other' };
  expect(leading({ elsewhere: '192.168.0.99', target })).toMatch(
    /^db +vpc2 +10\.9\.101\.8 +other \(not as asked\) +distr/m,
  );
});

test('where nothing is missing nothing is said of it', () => {
  expect(text({ missing: [] })).toContain('programmed  0 VPCs, 1 floating IP\n');
  expect(text({ missing: [] })).not.toContain('missing');
});

test('what is there otherwise than asked, and what is taken for granted, have lines of their own', () => {
  const told = text({
    missing: [],
    otherwise: [{ kind: 'OvnFip', name: 'db' }],
    assumptions: ['all are alive'],
  });
  expect(told).toMatch(/^otherwise +ovn-fip\/db: no controller runs/m);
  expect(told).toMatch(/^assumed +all are alive$/m);
});

test('every error is told, and of the rest as many as make a screen', () => {
  const about = (severity: 'error' | 'warning', count: number): readonly Finding[] =>
    Array.from({ length: count }, (_, place) =>
      finding(severity === 'error' ? 'no-gateway' : 'single-gateway', {
        object: { kind: 'Vpc', name: `${severity}-${place}` },
        message: 'm',
        cure: 'c',
      }),
    );
  const lines = (findings: readonly Finding[]) => text({}, findings).match(/^(error|warning) /gm)?.length;
  expect(lines(about('error', 12))).toBe(12);
  expect(lines([...about('warning', 4), ...about('error', 2)])).toBe(6);
  const many = [...about('warning', 20), ...about('error', 2)];
  expect(lines(many)).toBe(8);
  expect(text({}, many)).toMatch(/^and 14 more: berth audit/m);
});

test('what is wrong with rows that nothing asked for has to do with stands apart', () => {
  const about = (name: string) =>
    finding('nat-ignored', { object: { kind: 'NAT', name }, message: 'm', cure: 'c' });
  const others = { error: 1, warning: 0, info: 0 };
  const shown = text({ others }, [about('vpc1/snat/10.0.0.1')], [about('other/snat/10.0.0.2')]);
  expect(shown).toMatch(/^of others +1 error, 0 warnings: about nothing that is asked for$/m);
  const [own, ofOthers] = shown.split('Of routers and switches that no object is about:');
  expect([own?.includes('10.0.0.1'), own?.includes('10.0.0.2')]).toEqual([true, false]);
  expect(ofOthers).toContain('nat/other/snat/10.0.0.2');
  expect(text()).not.toMatch(/others/);
});

test('what waits for a row of somebody else is not left to the controller', () => {
  const clash = finding('row-clash', {
    object: { kind: 'OvnFip', name: 'web' },
    message: 'the NAT row vpc1 dnat_and_snat 10.9.101.9 (uuid) was not made by Berth',
    cure: 'take it over: berth adopt',
  });
  const controller = { ...told.controller, running: true };
  const shown = text({ controller }, [clash]);
  expect(shown).toMatch(/^missing +vpc\/vpc1, provider-network\/external0: the controller has not come/m);
  expect(shown).toMatch(/^in the way +ovn-fip\/web: rows of somebody else.*row-clash below/m);
});

test('of a floating IP it is told whether it works, with what is wrong', () => {
  const [fip] = told.floatingIps;
  const shown = (works: NonNullable<typeof fip>['works']) =>
    text({ floatingIps: fip ? [{ ...fip, works }] : [] });
  expect(shown({ outcome: 'delivered', reason: null })).toMatch(/^db .* yes$/m);
  expect(shown({ outcome: 'lost', reason: 'uplink-down' })).toMatch(/^db .* no:uplink-down$/m);
  expect(shown({ outcome: 'unknown', reason: 'two-answerers' })).toMatch(/^db .* unknown:two-answerers$/m);
  expect(shown(null)).toMatch(/^db .* <none>$/m);
});

test('where only rows are known that is said, and a port has its own name', () => {
  const [fip] = told.floatingIps;
  const target = { kind: 'Logical_Switch_Port', name: 'shop' };
  const shown = text({ toldBy: 'rows', floatingIps: fip ? [{ ...fip, target }] : [] });
  expect(shown).toMatch(/^told by +rows of NB and SB alone: .*conditions, are not known$/m);
  expect(shown).toMatch(/^db +vpc2 +10\.9\.101\.8 +shop +/m);
});

test.each([
  [null, 'yes'],
  ['acl-drops-part', 'partly:acl-drops-part'],
])('what works, but for %s, is said to: %s', (reason, expected) => {
  const floatingIps = told.floatingIps.map((each) => {
    return { ...each, works: { outcome: 'delivered' as const, reason } };
  });
  expect(text({ floatingIps })).toMatch(new RegExp(`^db .* ${expected}$`, 'm'));
});
