import { formerKey, keepAnnotation, ownerKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { compile, compiledTables } from '../compile/compile.ts';
import { mapOf, rowOf, setOf } from '../compile/row-of.ts';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { madeByOthers } from '../testing/made-by-others.ts';
import { carryOut, damaged, emptyNb, type Nb, planNb } from '../testing/program.ts';
import { fip, pod, subnet, vpc } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';
import { memberOf, ranked } from './gateway-members.ts';
import { giveBack } from './give-back.ts';

const cause = { kind: 'Vpc', name: 'vpc1' };
const uuid = '11111111-1111-4111-8111-111111111111' as Uuid;

const router = (options: Readonly<Record<string, string>>) =>
  rowOf('Logical_Router', {
    unit: 'vpc/vpc1',
    cause,
    columns: { name: 'vpc1', options: mapOf(options), external_ids: mapOf({ lr: 'vpc1' }) },
  });
const found = (options: Readonly<Record<string, string>>) =>
  snapshotOf<NbTables>(nbSchema, {
    Logical_Router: [
      { _uuid: uuid, name: 'vpc1', options: mapOf(options), external_ids: mapOf({ vendor: 'kube-ovn' }) },
    ],
  });
const undo = (observed: ReturnType<typeof found>) =>
  giveBack({ db: 'NB', desired: [], observed, tables: compiledTables, instance: 'default' }).plan;

describe('giving back', () => {
  it('restores what taking over changed, and takes every mark off', () => {
    const before = found({ old: 'yes' });
    const taken = carryOut(planNb([router({ new: 'yes' })], before, true), before);
    const [row] = taken.table('Logical_Router');
    expect(row?.external_ids.get(ownerKey)).toBe('default');
    expect(planNb([router({ new: 'yes' })], taken).changes).toEqual([]);
    const after = carryOut(undo(taken), taken);
    expect([...after.table('Logical_Router')]).toEqual([...before.table('Logical_Router')]);
  });

  it('notes what it gave back, which is then in nobody’s way and not to be removed', () => {
    const global = { NB_Global: [{ external_ids: mapOf({ some: 'thing' }) }] };
    const before = damaged(found({ old: 'yes' }), (_, row) => row, global);
    const row = router({ new: 'yes' });
    const taken = carryOut(planNb([row], before, true), before);
    const after = carryOut(undo(taken), taken);
    expect([...after.table('Logical_Router')]).toEqual([...before.table('Logical_Router')]);
    const [noted] = after.table('NB_Global');
    expect(noted?.external_ids).toEqual(
      mapOf({ some: 'thing', [`berth.dev/given-back/${uuid}`]: 'default' }),
    );
    const { changes, findings } = planNb([row], after);
    expect(changes).toEqual([]);
    expect(findings).toMatchObject([
      { code: 'given-back', severity: 'warning', object: cause, rows: [{ uuid }] },
    ]);
    expect(findings[0]?.cure).not.toContain('lr-del');
    expect(planNb([row], before).findings).toMatchObject([{ code: 'row-clash' }]);
    const again = carryOut(planNb([row], after, true), after);
    expect(planNb([row], again)).toMatchObject({ changes: [], findings: [] });
  });

  it('leaves a column that was changed again since as it is', () => {
    const before = found({ old: 'yes' });
    const taken = carryOut(planNb([router({ new: 'yes' })], before, true), before);
    const changed = carryOut(planNb([router({ newer: 'yes' })], taken), taken);
    expect([...changed.table('Logical_Router')][0]?.external_ids.has(formerKey)).toBe(true);
    const [row] = carryOut(undo(changed), changed).table('Logical_Router');
    expect(row?.options).toEqual(mapOf({ newer: 'yes' }));
    expect(row?.external_ids).toEqual(mapOf({ vendor: 'kube-ovn' }));
  });

  it('takes nothing that Berth made itself for somebody else’s: it stays, with its marks, and is told by its object', () => {
    const lr = router({});
    const port = rowOf('Logical_Router_Port', {
      unit: 'vpc/vpc1',
      cause,
      parent: lr,
      columns: {
        name: 'p',
        mac: '02:00:00:00:00:01',
        networks: setOf('10.0.0.1/24'),
        external_ids: mapOf({}),
      },
    });
    const keeper = rowOf('Gateway_Chassis', {
      unit: 'vpc/vpc1',
      cause,
      parent: port,
      columns: { name: 'p-k', chassis_name: 'berth-keeper', priority: 0, external_ids: mapOf({}) },
    });
    const before = found({});
    const taken = carryOut(planNb([lr, port, keeper], before, true), before);
    const plan = undo(taken);
    expect(plan.changes.map(({ verb, table }) => `${verb} ${table}`)).toEqual(['update Logical_Router']);
    const after = carryOut(plan, taken);
    expect([...after.table('Logical_Router_Port')]).toEqual([...taken.table('Logical_Router_Port')]);
    expect(after.table('Gateway_Chassis').size).toBe(1);
    const { staying } = giveBack({
      ...{ db: 'NB', desired: [], observed: taken, tables: compiledTables, instance: 'default' },
    });
    expect(staying.map(({ object, rows }) => [object, rows.map(({ table }) => table)])).toEqual([
      [cause, ['Logical_Router_Port', 'Gateway_Chassis']],
    ]);
  });

  it('gives back the one row that was taken over, where all others are Berth’s', () => {
    const { intent } = settle(fieldStoryWith(), fieldFabric);
    const own = carryOut(planNb(compile(intent), emptyNb), emptyNb);
    const byHand = '00000000-0000-4000-8000-000000000001' as Uuid;
    const [nat] = own.table('NAT');
    const found = damaged(
      own,
      (table, row) => {
        if (table === 'NAT') return undefined;
        return table === 'Logical_Router' ? { ...row, nat: new Set([byHand]) } : row;
      },
      { NAT: [{ ...nat, _uuid: byHand, external_ids: mapOf({ by: 'hand' }) }] },
    );
    const taken = carryOut(planNb(compile(intent), found, true), found);
    const input = { db: 'NB', desired: compile(intent), observed: taken, instance: 'default' } as const;
    const { plan, staying } = giveBack({ ...input, tables: compiledTables });
    expect(plan.changes.map(({ verb, table, uuid }) => [verb, table, uuid])).toEqual([
      ['update', 'NAT', byHand],
    ]);
    expect(carryOut(plan, taken)).toEqual(found);
    const rows = staying.flatMap((each) => each.rows);
    expect(rows).toHaveLength(compile(intent).length - 1);
    expect(rows.some(({ uuid }) => uuid === byHand)).toBe(false);
  });

  it('removes keepers of groups that are given back', () => {
    const { intent } = settle(fieldStoryWith(), fieldFabric);
    const own = carryOut(planNb(compile(intent), emptyNb), emptyNb);
    const isKeeper = (row: object): boolean => 'chassis_name' in row && row.chassis_name === 'berth-keeper';
    const keepers = new Set([...own.table('Gateway_Chassis')].filter(isKeeper).map(({ _uuid }) => _uuid));
    const withoutKeepers = damaged(own, (table, row) => {
      if (isKeeper(row)) return undefined;
      if (table !== 'Logical_Router_Port') return row;
      const members = row['gateway_chassis'] as ReadonlySet<Uuid>;
      return { ...row, gateway_chassis: members.difference(keepers) };
    });
    const found = madeByOthers(withoutKeepers);
    const taken = carryOut(planNb(compile(intent), found, true), found);
    expect([...taken.table('Gateway_Chassis')].filter(isKeeper)).toHaveLength(1);
    const plan = undo(taken);
    expect(plan.changes.filter(({ verb }) => verb === 'delete').map(({ table }) => table)).toEqual([
      'Gateway_Chassis',
    ]);
    expect([...carryOut(plan, taken).table('Gateway_Chassis')].filter(isKeeper)).toEqual([]);
  });
});

describe('the place of a floating IP', () => {
  const keep = (text: string | undefined) =>
    text === undefined ? {} : { annotations: { [keepAnnotation]: text } };
  const web = (text: string | undefined, ipName = 'web.default') =>
    fip('web', { ovnEip: 'web', ipName, type: 'centralized' }, keep(text));
  const other = pod('other', { subnet: 'vpc1-subnet1', ips: '192.168.0.5', node: 'vnode-103-177' });
  const intentWith = (text: string | undefined, ipName?: string) =>
    settle(fieldStoryWith(web(text, ipName), other), fieldFabric).intent;
  const distributed = '{"placement":"distributed","mac":"6a:00:00:00:00:04","port":"web.default"}';
  /** NB as somebody else left it: the same rows without marks, and without the keeper. */
  const found = madeByOthers(carryOut(planNb(compile(intentWith(distributed)), emptyNb), emptyNb));
  const step = (nb: Nb, text: string | undefined, ipName?: string, adopt = false) =>
    carryOut(planNb(compile(intentWith(text, ipName)), nb, adopt), nb);
  const giveAll = (nb: Nb) =>
    giveBack({
      ...{ db: 'NB' as const, observed: nb, tables: compiledTables, instance: 'default' },
      desired: compile(intentWith(undefined)),
      nodeNames: intentWith(undefined).nodeNames,
    }).plan;
  const placeIn = (nb: Nb) =>
    [...nb.table('NAT')].map(({ logical_ip, logical_port, external_mac }) => [
      logical_ip,
      logical_port,
      external_mac,
    ]);

  it('comes back though what was kept was lifted in between, and that is told to interrupt', () => {
    const taken = step(found, distributed, undefined, true);
    const lifted = step(taken, undefined);
    expect(placeIn(lifted)).toEqual([['192.168.0.4', undefined, undefined]]);
    const plan = giveAll(lifted);
    expect(plan.findings.filter(({ object }) => object?.kind === 'OvnFip')).toEqual([]);
    const nat = plan.changes.find(({ table }) => table === 'NAT');
    expect(nat?.interrupts?.flows[0]?.effect).toContain('answers from another place');
    expect(placeIn(carryOut(plan, lifted))).toEqual(placeIn(found));
  });

  it('is the same where only the spelling of its MAC is another: nothing is written, nor told', () => {
    const capitals = damaged(found, (table, row) =>
      table === 'NAT' ? { ...row, external_mac: String(row['external_mac']).toUpperCase() } : row,
    );
    const lifted = step(step(capitals, distributed, undefined, true), undefined);
    const again = step(lifted, distributed);
    expect(placeIn(again)).toEqual(placeIn(found));
    const plan = giveAll(again);
    const nat = plan.changes.find(({ table }) => table === 'NAT');
    expect(Object.keys(nat?.columns ?? {})).toEqual(['external_ids']);
    expect(plan.summary.interrupting).toBe(0);
  });

  it('is not given back where it leads elsewhere since, and that is told before', () => {
    const taken = step(found, distributed, undefined, true);
    const lifted = step(taken, undefined);
    const elsewhere = step(lifted, undefined, 'other.default');
    const plan = giveAll(elsewhere);
    expect(plan.findings.filter(({ object }) => object?.kind === 'OvnFip')).toMatchObject([
      {
        code: 'not-given-back',
        object: { name: 'web' },
        message: expect.stringContaining('stays centralized: it leads to 192.168.0.5 since'),
      },
    ]);
    expect(placeIn(carryOut(plan, elsewhere))).toEqual([['192.168.0.5', undefined, undefined]]);
  });

  it('stays with another workload where that one has it distributed', () => {
    const taken = step(found, distributed, undefined, true);
    const elsewhere = step(taken, distributed, 'other.default');
    const [[ip, port] = []] = placeIn(elsewhere);
    expect([ip, port]).toEqual(['192.168.0.5', 'other.default']);
    const plan = giveAll(elsewhere);
    expect(plan.summary.interrupting).toBe(0);
    expect(placeIn(carryOut(plan, elsewhere))).toEqual(placeIn(elsewhere));
  });
});

describe('the MAC of a router', () => {
  const inner = (text: string | undefined) =>
    subnet(
      'vpc1-subnet1',
      { vpc: 'vpc1', protocol: 'IPv4', cidrBlock: '192.168.0.0/24', gateway: '192.168.0.1' },
      text === undefined ? {} : { annotations: { [keepAnnotation]: text } },
    );
  const rowsWith = (text: string | undefined) =>
    compile(settle(fieldStoryWith(inner(text)), fieldFabric).intent);
  const keep = '{"routerMac":"6e:12:34:56:78:9a"}';
  const found = madeByOthers(carryOut(planNb(rowsWith(keep), emptyNb), emptyNb));
  const told = (observed: Nb) =>
    giveBack({
      ...{ db: 'NB', desired: [], observed, tables: compiledTables, instance: 'default' },
    }).plan.findings.flatMap(({ code, object, message }) =>
      object?.kind === 'Subnet' ? [[code, message]] : [],
    );

  it('is the same in capitals, as others write it', () => {
    const capitals = damaged(found, (table, row) =>
      table === 'Logical_Router_Port' ? { ...row, mac: String(row['mac']).toUpperCase() } : row,
    );
    const taken = carryOut(planNb(rowsWith(keep), capitals, true), capitals);
    expect([...taken.table('Logical_Router_Port')].map(({ mac }) => mac)).toContain('6E:12:34:56:78:9A');
    expect(told(taken)).toEqual([]);
  });

  it('that was lifted since stays, and is told', () => {
    const taken = carryOut(planNb(rowsWith(keep), found, true), found);
    expect(told(taken)).toEqual([]);
    const lifted = carryOut(planNb(rowsWith(undefined), taken), taken);
    expect(told(lifted)).toEqual([
      [
        'not-given-back',
        expect.stringMatching(
          /^the router's MAC on subnet\/vpc1-subnet1 was 6e:12:34:56:78:9a when it was taken over: it stays [0-9a-f:]{17}, which/,
        ),
      ],
    ]);
  });
});

describe('gateways that are others than those that were taken over', () => {
  const keep = '{"gateways":{"external0":["vnode-103-177","vnode-117-46"]}}';
  const intentWith = (text: string | undefined) => {
    const annotations = text === undefined ? {} : { annotations: { [keepAnnotation]: text } };
    return settle(
      fieldStoryWith(vpc('vpc1', { enableExternal: true, extraExternalSubnets: ['external0'] }, annotations)),
      fieldFabric,
    ).intent;
  };
  const found = madeByOthers(carryOut(planNb(compile(intentWith(keep)), emptyNb), emptyNb));
  const told = (nb: Nb) =>
    giveBack({
      ...{ db: 'NB' as const, observed: nb, tables: compiledTables, instance: 'default' },
      desired: [],
      nodeNames: intentWith(keep).nodeNames,
    }).plan.findings.map(({ object, message }) => [object?.name, message]);

  it('stay, and are told, whether they are kept still or not', () => {
    const taken = carryOut(planNb(compile(intentWith(keep)), found, true), found);
    const lifted = carryOut(planNb(compile(intentWith(undefined)), taken), taken);
    // The one that serves comes first, whatever is kept.
    const others = expect.stringContaining(
      'were vnode-103-177 > vnode-117-46 when they were taken over: they stay vnode-117-46 > vnode-103-177, as',
    );
    expect([told(taken), told(lifted)]).toEqual([[['vpc1', others]], [['vpc1', others]]]);
  });

  it('stay though taking them over changed their order, as when the first was down then; the same order comes back as it was', () => {
    const withPriorities = (of: Readonly<Record<string, number>>) =>
      damaged(found, (table, row) => {
        const priority = of[String(row['chassis_name'])];
        return table === 'Gateway_Chassis' && priority !== undefined ? { ...row, priority } : row;
      });
    const orderOf = (nb: Nb) =>
      ranked([...nb.table('Gateway_Chassis')].map(memberOf)).map(
        ({ chassis, priority }) => `${chassis} ${priority}`,
      );
    const undone = (before: Nb) => {
      const taken = carryOut(planNb(compile(intentWith(keep)), before, true), before);
      const { plan } = giveBack({
        ...{ db: 'NB', observed: taken, tables: compiledTables, instance: 'default' },
        ...{ desired: compile(intentWith(keep)), nodeNames: intentWith(keep).nodeNames },
      });
      expect(plan.changes.filter(({ interrupts }) => interrupts)).toEqual([]);
      return [taken, carryOut(plan, taken)].map(orderOf);
    };
    const other = { 'chassis-vnode-103-177': 20, 'chassis-vnode-117-46': 10 };
    const [taken, back] = undone(withPriorities(other));
    expect(taken?.map((each) => each.split(' ')[0])).toEqual([
      'chassis-vnode-117-46',
      'chassis-vnode-103-177',
    ]);
    expect(back).toEqual(taken);
    const same = withPriorities({ 'chassis-vnode-103-177': 10, 'chassis-vnode-117-46': 20 });
    expect(undone(same)[1]).toEqual(orderOf(same));
  });

  it('are not told to have been a node that there is not', () => {
    const nobody = '{"gateways":{"external0":["nobody"]}}';
    const taken = carryOut(planNb(compile(intentWith(nobody)), found, true), found);
    expect(told(taken)).toEqual([
      [
        'vpc1',
        expect.stringMatching(
          /^the gateways of router port vpc1-external0 are to be nobody, and there is no node nobody: they stay vnode-\S+ > vnode-\S+$/,
        ),
      ],
    ]);
  });

  it('are nothing to tell where they are as they were', () => {
    const same = keep.replace('"vnode-103-177","vnode-117-46"', '"vnode-117-46","vnode-103-177"');
    const taken = carryOut(planNb(compile(intentWith(same)), found, true), found);
    const lifted = carryOut(planNb(compile(intentWith(undefined)), taken), taken);
    expect([told(taken), told(lifted)]).toEqual([[], []]);
  });
});
