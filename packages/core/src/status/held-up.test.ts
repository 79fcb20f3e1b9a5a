import { expect, test } from 'vitest';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { nbRows, type RowId } from '../finding/row-id.ts';
import { fieldFabric, fieldStoryWith, gatewayRules } from '../testing/field-story.ts';
import { afterPass, ready } from '../testing/pass.ts';
import { programmed } from '../testing/program.ts';
import { followers } from './follows.ts';
import { statusWrites } from './status-writes.ts';

const objects = fieldStoryWith(...gatewayRules);
const nb = programmed(objects, fieldFabric);
const fabric = { ...fieldFabric, northbound: nb };

/** The row of NB of this name. */
function rowNamed(
  table: 'Logical_Router' | 'Logical_Router_Port' | 'Logical_Router_Static_Route',
  at = 0,
): RowId | undefined {
  const row = [...nb.table(table)][at];
  return row && { db: 'NB', table, uuid: row._uuid };
}

function portRow(): RowId | undefined {
  const rows = [...nb.table('Logical_Router_Port')].filter(({ name }) => name === 'vpc1-external0');
  return nbRows('Logical_Router_Port', rows)[0];
}

const clashOf = (object: ObjectRef, row?: RowId): Finding =>
  finding('row-clash', {
    object,
    message: 'the row was not made by Berth',
    cure: 'remove it',
    rows: row ? [row] : [],
  });

const conditions = (...findings: readonly Finding[]): Readonly<Record<string, string>> => {
  const pass = afterPass(objects, fabric, { findings });
  return Object.fromEntries(
    (
      [
        ['OvnFip', 'web'],
        ['OvnSnatRule', 'out'],
        ['OvnDnatRule', 'in'],
        ['OvnEip', 'web'],
        ['OvnEip', 'in'],
        ['OvnEip', 'out'],
        ['OvnEip', 'vpc1-external0'],
        ['Vpc', 'vpc1'],
        ['Subnet', 'vpc1-subnet1'],
        ['Subnet', 'external0'],
      ] as const
    )
      .filter(([kind, name]) => !ready(pass, kind, name).startsWith('True'))
      .map(([kind, name]) => [`${kind}/${name}`, ready(pass, kind, name)]),
  );
};

test('everything is Ready where every row is there', () => {
  expect(conditions()).toEqual({});
});

test('what leads to a pod is not Ready where the port of the pod is the row of somebody else, nor is the EIP of it', () => {
  const said = 'False RowClash: ip/web.default: the row was not made by Berth; remove it';
  expect(conditions(clashOf({ kind: 'IP', name: 'web.default' }))).toEqual({
    'OvnFip/web': said,
    'OvnDnatRule/in': said,
    'OvnEip/web': said,
    'OvnEip/in': said,
  });
});

test('what is in the way of a row goes before what the analysis finds of the rule', () => {
  const object = { kind: 'OvnFip', name: 'web' };
  const mismatch = finding('target-mismatch', { object, message: 'it leads elsewhere', cure: 'c' });
  const clash = clashOf({ kind: 'IP', name: 'web.default' });
  expect(conditions(mismatch)['OvnFip/web']).toBe('False TargetMismatch: it leads elsewhere; c');
  expect(conditions(mismatch, clash)['OvnFip/web']).toBe(
    'False RowClash: ip/web.default: the row was not made by Berth; remove it; also: it leads elsewhere; c',
  );
});

test('nobody is said to answer for it', () => {
  const pass = afterPass(objects, fabric, { findings: [clashOf({ kind: 'IP', name: 'web.default' })] });
  expect(pass.resources.OvnFip[0]?.status?.berth).toBeUndefined();
});

test('a subnet and all that leads into it wait for the switch and the ports of the subnet', () => {
  const found = conditions(clashOf({ kind: 'Subnet', name: 'vpc1-subnet1' }));
  expect(Object.keys(found)).toEqual([
    ...['OvnFip/web', 'OvnSnatRule/out', 'OvnDnatRule/in', 'OvnEip/web', 'OvnEip/in', 'OvnEip/out'],
    'Subnet/vpc1-subnet1',
  ]);
});

test('all that leaves by an external subnet waits for its switch, and the VPC too', () => {
  const found = conditions(clashOf({ kind: 'Subnet', name: 'external0' }));
  expect(Object.keys(found)).toEqual([
    ...['OvnFip/web', 'OvnSnatRule/out', 'OvnDnatRule/in', 'OvnEip/web', 'OvnEip/in', 'OvnEip/out'],
    ...['OvnEip/vpc1-external0', 'Vpc/vpc1', 'Subnet/external0'],
  ]);
  expect(found['Vpc/vpc1']).toMatch(/^False RowClash: subnet\/external0: the row/);
});

test('of a router’s port its rules and its address wait, of the router the subnets inside as well', () => {
  const vpc = { kind: 'Vpc', name: 'vpc1' };
  const port = portRow();
  const ofPort = conditions(clashOf(vpc, port));
  expect(Object.keys(ofPort)).toContain('OvnFip/web');
  expect(Object.keys(ofPort)).toContain('OvnEip/vpc1-external0');
  expect(Object.keys(ofPort)).not.toContain('Subnet/vpc1-subnet1');
  expect(conditions(clashOf(vpc, rowNamed('Logical_Router')))['Subnet/vpc1-subnet1']).toMatch(
    /^False RowClash: vpc\/vpc1: the row/,
  );
});

test('a route that is somebody else’s keeps its VPC from being Ready, and nothing that does not need it', () => {
  const route = rowNamed('Logical_Router_Static_Route');
  expect(route).toBeDefined();
  expect(Object.keys(conditions(clashOf({ kind: 'Vpc', name: 'vpc1' }, route)))).toEqual(['Vpc/vpc1']);
});

test('with a gateway of somebody else’s the addresses of its VPC work, and the VPC says it', () => {
  const member = nbRows('Gateway_Chassis', nb.table('Gateway_Chassis'))[0];
  expect(member).toBeDefined();
  expect(Object.keys(conditions(clashOf({ kind: 'Vpc', name: 'vpc1' }, member)))).toEqual(['Vpc/vpc1']);
});

test('an EIP says of a router port of somebody else’s what its rule says, and not what OVN makes of the rule', () => {
  const vpc = { kind: 'Vpc', name: 'vpc1' };
  const clash = clashOf(vpc, portRow());
  const ignored = finding('nat-ignored', {
    object: { kind: 'OvnFip', name: 'web' },
    message: 'no',
    cure: 'c',
  });
  expect(conditions(ignored)['OvnEip/web']).toMatch(/^False NatIgnored/);
  expect(conditions(clash, ignored)['OvnEip/web']).toMatch(/^False RowClash: vpc\/vpc1: /);
  const told = { ...afterPass(objects, fabric), fabric };
  const isFollowing = followers({ ...told, findings: [clash] });
  expect([ignored, clash].map(isFollowing)).toEqual([true, false]);
  expect(followers({ ...told, findings: [] })(ignored)).toBe(false);
});

test('a change of the port that the database refused counts as well, and another finding about it does not', () => {
  const object = { kind: 'IP', name: 'web.default' };
  const refused = finding('transaction-refused', { object, message: 'no', cure: 'c' });
  expect(conditions(refused)['OvnFip/web']).toBe('False TransactionRefused: ip/web.default: no; c');
  expect(conditions(finding('not-supported', { object, message: 'no', cure: 'c' }))).toEqual({});
});

test('whoever remembers tells when it comes and when it is over', () => {
  const stored = afterPass(objects, fabric);
  const asker = {};
  const clash = clashOf({ kind: 'IP', name: 'web.default' });
  const told = (findings: readonly Finding[]): readonly string[] => {
    const { resources, intent } = stored;
    const input = { resources, intent, findings, fabric, now: '2026-01-02T00:00:00Z', asker };
    return statusWrites({ ...input, defaultExternalSubnet: 'external' }).map(
      ({ object }) => `${object.kind}/${object.metadata.name}`,
    );
  };
  expect(told([])).toEqual([]);
  expect(told([clash])).toEqual(['OvnEip/in', 'OvnEip/web', 'OvnFip/web', 'OvnDnatRule/in']);
  expect(told([])).toEqual([]);
});
