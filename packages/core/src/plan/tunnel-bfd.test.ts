import { epochKey, tunnelBfdKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { type Columns, type Row, type Snapshot, snapshotOf } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { compiledTables } from '../compile/compile.ts';
import type { Intent, TunnelBfdIntent } from '../intent/intent.ts';
import { commit } from '../testing/database-model.ts';
import { operations } from './operations.ts';
import { Planner } from './planner.ts';
import { tunnelBfdPlan } from './tunnel-bfd.ts';

const policy = { kind: 'GatewayPolicy', name: 'fast' };
const wanted: TunnelBfdIntent = {
  minTxMs: 300,
  minRxMs: 400,
  multiplier: 3,
  origin: { object: policy, field: 'spec.bfd' },
};
const others = {
  options: { northd_internal_version: '23.03.1', 'bfd-decay-min-rx': '0' },
  ids: { [epochKey]: '7' },
};

type Nb = Snapshot<NbTables>;
type Texts = Readonly<Record<string, string>>;

function nbWith(options: Texts = {}, ids: Texts = {}): Nb {
  const row: Columns = {
    _uuid: '00000000-0000-4000-8000-000000000001',
    options: new Map(Object.entries({ ...others.options, ...options })),
    external_ids: new Map(Object.entries({ ...others.ids, ...ids })),
  };
  return snapshotOf<NbTables>(nbSchema, { NB_Global: [row] });
}

function carriedOut(nb: Nb, bfd: TunnelBfdIntent | undefined, instance = 'default'): Nb {
  const { change } = tunnelBfdPlan(bfd, nb, instance);
  return change ? commit<NbTables>(nb, operations([change])) : nb;
}

function contents(nb: Nb): { readonly options: unknown; readonly ids: unknown } {
  const [row]: readonly Row[] = [...nb.table('NB_Global')];
  const texts = (value: unknown): unknown => (value instanceof Map ? Object.fromEntries(value) : undefined);
  return { options: texts(row?.['options']), ids: texts(row?.['external_ids']) };
}

const set = { 'bfd-min-tx': '300', 'bfd-min-rx': '400', 'bfd-mult': '3' };
const note = { [tunnelBfdKey]: 'default bfd-min-tx=300 bfd-min-rx=400 bfd-mult=3' };

describe('tunnel BFD', () => {
  it('is set as asked, and nothing else of the row is touched', () => {
    const { change } = tunnelBfdPlan(wanted, nbWith(), 'default');
    expect(change).toMatchObject({
      verb: 'update',
      table: 'NB_Global',
      unit: 'shared',
      cause: policy,
      interrupts: null,
    });
    expect(change?.origins).toEqual([wanted.origin]);
    expect(contents(carriedOut(nbWith(), wanted))).toEqual({
      options: { ...others.options, ...set },
      ids: { ...others.ids, ...note },
    });
    const keys = operations(change ? [change] : []).map((operation) => operation.op);
    expect(keys).toEqual(['mutate']);
  });

  it('needs nothing once it is so, and is set again when the row is made anew or somebody changes it', () => {
    const done = nbWith(set, note);
    expect(tunnelBfdPlan(wanted, done, 'default')).toEqual({});
    expect(contents(carriedOut(nbWith(), wanted))).toEqual(contents(done));
    expect(contents(carriedOut(nbWith({ ...set, 'bfd-mult': '9' }, note), wanted))).toEqual(contents(done));
  });

  it('is taken back when nobody asks for it any more, and only what was set', () => {
    expect(contents(carriedOut(nbWith(set, note), undefined))).toEqual(contents(nbWith()));
    const changed = nbWith({ ...set, 'bfd-mult': '9' }, note);
    expect(contents(carriedOut(changed, undefined))).toEqual(contents(nbWith({ 'bfd-mult': '9' })));
  });

  it('that somebody else set stays while nobody asks', () => {
    expect(tunnelBfdPlan(undefined, nbWith(set), 'default')).toEqual({});
  });

  it('puts back what somebody else had set, also after it was asked for otherwise meanwhile', () => {
    const theirs = nbWith({ 'bfd-mult': '9' });
    const done = carriedOut(theirs, wanted);
    expect(contents(done)).toEqual(
      contents(nbWith(set, { [tunnelBfdKey]: 'default bfd-min-tx=300 bfd-min-rx=400 bfd-mult=3<9' })),
    );
    expect(tunnelBfdPlan(wanted, done, 'default')).toEqual({});
    const slower = carriedOut(done, { ...wanted, multiplier: 5 });
    expect(contents(slower)).toMatchObject({ options: { 'bfd-mult': '5' } });
    expect(contents(carriedOut(slower, undefined))).toEqual(contents(theirs));
  });

  it('that another instance set is not fought over', () => {
    const theirs = nbWith({ 'bfd-mult': '9' }, { [tunnelBfdKey]: 'other bfd-mult=9' });
    expect(tunnelBfdPlan(undefined, theirs, 'default')).toEqual({});
    expect(tunnelBfdPlan(wanted, theirs, 'default')).toMatchObject({
      finding: { code: 'row-clash', object: policy, field: 'spec.bfd' },
    });
  });

  it('waits for the row, and is part of the plan of an intent', () => {
    const empty = snapshotOf<NbTables>(nbSchema, {});
    expect(tunnelBfdPlan(wanted, empty, 'default')).toEqual({});
    const planner = new Planner({ db: 'NB', tables: compiledTables, instance: 'default' });
    const intent: Intent = { vpcs: [], externals: [], tunnelBfd: wanted };
    const planned = planner.plan(intent, nbWith());
    expect(planned.changes.map(({ table }) => table)).toEqual(['NB_Global']);
    expect(planned.summary).toMatchObject({ update: 1, interrupting: 0 });
    expect(planner.plan(intent, nbWith(set, note)).changes).toEqual([]);
    expect(planner.plan({ vpcs: [], externals: [] }, nbWith(set, note)).summary.update).toBe(1);
  });
});
