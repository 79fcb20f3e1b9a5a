import { ownerKey } from '@berth/api';
import type { Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { compile, compiledTables } from '../compile/compile.ts';
import { gatewaysOf } from '../fabric/read.ts';
import { fieldFabric, fieldStory, fieldStoryWith, gatewayRules } from '../testing/field-story.ts';
import { carryOut, damaged, emptyNb, type Nb, planNb } from '../testing/program.ts';
import { gatewayPolicy } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';
import { Planner } from './planner.ts';

const byHand = '00000000-0000-4000-8000-000000000009' as Uuid;
const story = fieldStoryWith(...gatewayRules);
const { intent } = settle(story, fieldFabric);
const nb = carryOut(planNb(compile(intent), emptyNb), emptyNb);

/** NB with a member that somebody put into the group of the router port by hand. */
const withMember = (chassis: string, priority: number): Nb =>
  damaged(
    nb,
    (table, row) =>
      table === 'Logical_Router_Port' && row['name'] === 'vpc1-external0'
        ? { ...row, gateway_chassis: new Set([...(row['gateway_chassis'] as ReadonlySet<Uuid>), byHand]) }
        : row,
    {
      Gateway_Chassis: [
        {
          ...{ _uuid: byHand, name: `vpc1-external0-${chassis}`, chassis_name: chassis, priority },
          external_ids: new Map(),
        },
      ],
    },
  );

const planOf = (observed: Nb) =>
  new Planner({ db: 'NB', tables: compiledTables, instance: 'default' }).plan(intent, observed);

describe('a member that somebody else put into a group of ours', () => {
  it('is told with what it means for who serves, and stays', () => {
    const { changes, findings } = planOf(withMember('chassis-vnode-103-176', 200));
    expect(changes).toEqual([]);
    expect(findings).toMatchObject([
      {
        code: 'row-clash',
        severity: 'error',
        object: { kind: 'Vpc', name: 'vpc1' },
        message: `the Gateway_Chassis row vpc1-external0-chassis-vnode-103-176 (${byHand}) was not made by Berth: with priority 200 it makes vnode-103-176 a gateway before vnode-117-46 and vnode-103-177, whatever is asked for`,
        cure: expect.stringContaining(
          'remove it (ovn-nbctl lrp-del-gateway-chassis vpc1-external0 chassis-vnode-103-176)',
        ),
      },
    ]);
    expect(planOf(withMember('chassis-vnode-103-176', 1)).findings).toMatchObject([
      {
        severity: 'warning',
        message: expect.stringContaining(
          'with priority 1 it makes vnode-103-176 a standby of the gateways that are asked for',
        ),
      },
    ]);
  });

  it('is not told to be made anew where it serves and nothing chooses its node: once it is gone, others serve', () => {
    const observed = withMember('chassis-vnode-103-176', 200);
    const claims = new Map([...fieldFabric.claims, ['cr-vpc1-external0', 'chassis-vnode-103-176']]);
    const serving = settle(story, { ...fieldFabric, claims, gateways: gatewaysOf(observed) });
    expect(planNb(compile(serving.intent), observed).findings).toMatchObject([
      {
        ...{ code: 'row-clash', severity: 'error' },
        message: expect.stringContaining(
          'before chassis-vnode-117-46 and chassis-vnode-103-177, whatever is asked for',
        ),
        cure: 'remove it (ovn-nbctl lrp-del-gateway-chassis vpc1-external0 chassis-vnode-103-176); to have chassis-vnode-103-176 as a gateway label the node or let the policy choose it',
      },
    ]);
  });

  it('that names a gateway of ours once more is told as that, with the command for its row', () => {
    const twice = damaged(withMember('chassis-vnode-103-177', 50), (_table, row) =>
      row._uuid === byHand ? { ...row, name: 'hand-made' } : row,
    );
    expect(planOf(twice).findings).toMatchObject([
      {
        severity: 'warning',
        message: `the Gateway_Chassis row hand-made (${byHand}) was not made by Berth: with priority 50 it names vnode-103-177 a second time, which is a gateway by a row of Berth's`,
        cure: `remove it (ovn-nbctl remove Logical_Router_Port vpc1-external0 gateway_chassis ${byHand})`,
      },
    ]);
  });

  it('is told again by a plan that knows the one before', () => {
    const planner = new Planner({ db: 'NB', tables: compiledTables, instance: 'default' });
    const codes = (observed: Nb) => planner.plan(intent, observed).findings.map(({ code }) => code);
    const there = withMember('chassis-vnode-103-176', 200);
    expect([nb, there, there, nb].map(codes)).toEqual([[], ['row-clash'], ['row-clash'], []]);
  });

  it('is a warning where no chassis of the OVN is named: one of that name may come', () => {
    expect(planOf(withMember('chassis-of-old', 200)).findings).toMatchObject([
      {
        code: 'row-clash',
        severity: 'warning',
        message: expect.stringMatching(/as soon as there is a chassis/),
      },
    ]);
  });

  it('is marked so in the fabric, and no time runs for it to leave', () => {
    const observed = withMember('chassis-vnode-103-176', 200);
    const members = gatewaysOf(observed).get('vpc1-external0') ?? [];
    expect(members.map(({ chassis, isForeign }) => [chassis, isForeign])).toEqual([
      ['chassis-vnode-103-176', true],
      ['chassis-vnode-117-46', undefined],
      ['chassis-vnode-103-177', undefined],
      ['berth-keeper', undefined],
    ]);
    const draining = (nb: Nb) => {
      const claims = new Map([...fieldFabric.claims, ['cr-vpc1-external0', 'chassis-vnode-103-176']]);
      const policy = gatewayPolicy('p', {
        targetRefs: [{ group: 'kubeovn.io', kind: 'Vpc', name: 'vpc1' }],
        gateways: { drainSeconds: 60 },
      });
      const fabric = { ...fieldFabric, claims, gateways: gatewaysOf(nb) };
      return settle([...story, policy], fabric).findings.some(({ code }) => code === 'gateway-draining');
    };
    expect(draining(observed)).toBe(false);
    const ours = damaged(observed, (table, row) =>
      table === 'Gateway_Chassis' ? { ...row, external_ids: new Map([[ownerKey, 'default']]) } : row,
    );
    expect(draining(ours)).toBe(true);
  });

  it('is told once where it is in the place of one of ours, with a cure that takes nothing away', () => {
    const bare = carryOut(planNb(compile(settle(fieldStory, fieldFabric).intent), emptyNb), emptyNb);
    const inPlace = damaged(bare, (table, row) =>
      table === 'Gateway_Chassis' && row['chassis_name'] === 'chassis-vnode-103-177'
        ? { ...row, priority: 200, external_ids: new Map() }
        : row,
    );
    const desired = compile(settle(fieldStory, fieldFabric).intent);
    expect(planNb(desired, damagedUuid(inPlace)).findings).toEqual([
      expect.objectContaining({
        ...{ code: 'row-clash', severity: 'error', object: { kind: 'Vpc', name: 'vpc1' } },
        message: `the Gateway_Chassis row vpc1-external0-chassis-vnode-103-177 (${byHand}) was not made by Berth: with priority 200 it makes chassis-vnode-103-177 a gateway before chassis-vnode-117-46, whatever the order of gateways is to be`,
        cure: 'take it over: berth adopt (-f DIR or --kube) shows what that changes, and with --yes does it while no controller of Berth is at work, unless that interrupts traffic, or remove it (ovn-nbctl lrp-del-gateway-chassis vpc1-external0 chassis-vnode-103-177): Berth makes its own then',
        rows: [{ db: 'NB', table: 'Gateway_Chassis', uuid: byHand }],
      }),
    ]);
  });
});

/** The row of vnode-103-177 with a UUID that is not ours. */
function damagedUuid(observed: Nb): Nb {
  const row = [...observed.table('Gateway_Chassis')].find(({ priority }) => priority === 200);
  return damaged(
    observed,
    (table, each) => {
      if (each._uuid === row?._uuid) return undefined;
      const members = each['gateway_chassis'] as ReadonlySet<Uuid> | undefined;
      if (table !== 'Logical_Router_Port' || !row || !members?.has(row._uuid)) return each;
      return {
        ...each,
        gateway_chassis: new Set([...members].map((uuid) => (uuid === row._uuid ? byHand : uuid))),
      };
    },
    { Gateway_Chassis: [{ ...row, _uuid: byHand }] },
  );
}
