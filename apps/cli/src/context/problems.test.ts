import { type Finding, type FindingCode, finding } from '@berth/core';
import type { Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { problemsOf } from './problems.ts';

const fip = { kind: 'OvnFip', name: 'web' };
const vpc = { kind: 'Vpc', name: 'vpc1' };
const about = (code: FindingCode, object: Finding['object'], related: Finding['related'] = []): Finding =>
  finding(code, { object, related, message: `${code} of ${object?.name}`, cure: 'c' });

const codes = (parts: Partial<Parameters<typeof problemsOf>[0]>): readonly string[] =>
  problemsOf({
    asked: [],
    contradictions: [],
    audit: [],
    broken: [],
    ownerOf: () => undefined,
    follows: () => false,
    ...parts,
  }).map(({ code, object }) => `${code} ${object?.name}`);

test('what is said of an object is not said again of its rows, whichever of two it is told of', () => {
  const other = { kind: 'OvnFip', name: 'more' };
  expect(
    codes({
      asked: [about('fip-ambiguous', other, [fip])],
      audit: [about('fip-ambiguous', fip, [other]), about('single-gateway', vpc)],
    }),
  ).toEqual(['fip-ambiguous more', 'single-gateway vpc1']);
});

test('of several objects with one cause it is told once, and of others as before', () => {
  const node = { kind: 'Node', name: 'a' };
  const [one, two, alone] = ['one', 'two', 'alone'].map((name) => ({ kind: 'OvnFip', name }));
  if (!one || !two || !alone) throw new Error('three are made');
  const audit = [about('two-answerers', node, [one, two])];
  const asked = [about('two-answerers', one, [node]), about('two-answerers', two, [node])];
  expect(codes({ asked, audit })).toEqual(['two-answerers a']);
  const other = about('two-answerers', alone, [{ kind: 'Node', name: 'b' }]);
  expect(codes({ asked: [...asked, other], audit })).toEqual(['two-answerers a', 'two-answerers alone']);
});

test('an error of rows is told beside what is only worth knowing of the same objects', () => {
  const [out, db] = ['out', 'db'].map((name) => ({ kind: 'OvnSnatRule', name }));
  const nested: Finding = { ...about('snat-overlap', db, out ? [out] : []), severity: 'info' };
  const told = codes({ asked: [nested], audit: [about('snat-overlap', out)] });
  expect(told).toEqual(['snat-overlap out', 'snat-overlap db']);
});

test('that something does not work is told only where no error says why', () => {
  const broken = [about('nat-ignored', fip), about('no-gateway', vpc)];
  expect(codes({ audit: [about('nat-ignored', fip)], broken })).toEqual([
    'nat-ignored web',
    'no-gateway vpc1',
  ]);
  expect(codes({ asked: [about('not-programmed', fip), about('single-gateway', vpc)], broken })).toEqual([
    'not-programmed web',
    'no-gateway vpc1',
    'single-gateway vpc1',
  ]);
});

test('that nobody can tell of a row is not said where an error about several rows says why', () => {
  const [row, other] = ['a', 'b'].map((name) => ({ kind: 'NAT', name: `vpc1/snat/${name}` }));
  const broken = [about('location-unknown', row), about('location-unknown', other)];
  const audit = [about('snat-overlap', row, other ? [other] : [])];
  expect(codes({ audit, broken })).toEqual(['snat-overlap vpc1/snat/a']);
  expect(codes({ broken })).toHaveLength(2);
});

test('that a router port has no gateway is told once, by its VPC', () => {
  const port = about('no-gateway', { kind: 'Logical_Router_Port', name: 'vpc1-external0' });
  const ownerOf = (name: string) => (name === 'vpc1-external0' ? vpc : undefined);
  expect(codes({ audit: [port], ownerOf })).toEqual(['no-gateway vpc1-external0']);
  expect(codes({ asked: [about('gateways-lost', vpc)], audit: [port], ownerOf })).toEqual([
    'gateways-lost vpc1',
  ]);
  const row = {
    db: 'NB',
    table: 'Logical_Router_Port',
    uuid: '00000000-0000-4000-8000-000000000001' as Uuid,
  } as const;
  const clash: Finding = { ...about('row-clash', vpc), rows: [row] };
  expect(codes({ asked: [clash], audit: [{ ...port, rows: [row] }], ownerOf })).toEqual(['row-clash vpc1']);
  expect(codes({ asked: [clash], audit: [port], ownerOf })).toHaveLength(2);
});

test('that a row is left over is not told beside what keeps it there', () => {
  const row = {
    db: 'NB',
    table: 'Logical_Router',
    uuid: '00000000-0000-4000-8000-000000000001' as Uuid,
  } as const;
  const kept: Finding = { ...about('row-clash', vpc), rows: [row] };
  const left: Finding = { ...about('leftover', vpc), rows: [row] };
  expect(codes({ audit: [left] })).toEqual(['leftover vpc1']);
  expect(codes({ asked: [kept], audit: [left] })).toEqual(['row-clash vpc1']);
});

test('that a node is behind is not told beside that it stands still', () => {
  const node = (name: string) => ({ kind: 'Node', name });
  const audit = [about('chassis-stale', node('a')), about('chassis-stale', node('b'))];
  expect(codes({ audit })).toEqual(['chassis-stale a', 'chassis-stale b']);
  expect(codes({ asked: [about('node-frozen', node('a'))], audit })).toEqual([
    'node-frozen a',
    'chassis-stale b',
  ]);
});
