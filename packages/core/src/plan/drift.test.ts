import { formatRef, refOf } from '@berth/api';
import type { Row } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import { fieldFabric, fieldStory } from '../testing/field-story.ts';
import { damaged, desiredRows, type Nb, planNb, programmed } from '../testing/program.ts';
import { type Drift, driftOf } from './drift.ts';

const nb = programmed(fieldStory, fieldFabric);
const objects = new Set([...fieldStory.map((each) => formatRef(refOf(each))), 'ip/web.default']);

function drift(observed: Nb, isControlled = false, fabric: Fabric = fieldFabric, there = objects): Drift {
  const { changes } = planNb(desiredRows(fieldStory, fabric), observed);
  return driftOf({ changes, observed, objects: there, isControlled });
}

const without = (...tables: readonly string[]): ((table: string, row: Row) => Row | undefined) => {
  return (table, row) => (tables.includes(table) ? undefined : row);
};
const messages = ({ findings }: Drift): readonly string[] =>
  findings.map(({ code, severity, object, message }) =>
    [code, severity, object && formatRef(object), message].join(' | '),
  );

describe('drift', () => {
  it('is nothing where NB is as asked', () => {
    expect(drift(nb)).toEqual({ missing: [], otherwise: [], findings: [] });
  });

  it('tells of ports that are disabled, and of port security that is not theirs', () => {
    const disabled = damaged(nb, (table, row) => {
      if (table === 'Logical_Router_Port' && row['name'] === 'vpc1-external0')
        return { ...row, enabled: false };
      if (table !== 'Logical_Switch_Port' || row['name'] !== 'web.default') return row;
      return { ...row, enabled: false, port_security: new Set(['00:00:00:00:09:09']) };
    });
    expect(messages(drift(disabled)).toSorted()).toEqual([
      'programmed-otherwise | error | ip/web.default | NB has it otherwise than it asks: Logical_Switch_Port web.default (enabled, port_security)',
      'programmed-otherwise | error | vpc/vpc1 | NB has it otherwise than it asks: Logical_Router_Port vpc1-external0 (enabled)',
    ]);
  });

  it('names the router and the router port that somebody deleted, and what went with them', () => {
    const noPort = damaged(nb, (table, row) =>
      table === 'Logical_Router_Port' && row['name'] === 'vpc1-external0' ? undefined : row,
    );
    expect(messages(drift(noPort))).toEqual([
      'not-programmed | error | vpc/vpc1 | NB lacks what it asks for: Logical_Router_Port vpc1-external0',
    ]);
    const noRouter = damaged(nb, without('Logical_Router', 'Logical_Router_Port', 'NAT', 'Gateway_Chassis'));
    expect(drift(noRouter).missing).toEqual(
      expect.arrayContaining([
        { kind: 'Vpc', name: 'vpc1' },
        { kind: 'OvnFip', name: 'web' },
      ]),
    );
  });

  it('tells a port whose gateways were cleared from one that has others', () => {
    const cleared = damaged(nb, (table, row) =>
      table === 'Gateway_Chassis'
        ? undefined
        : table === 'Logical_Router_Port'
          ? { ...row, gateway_chassis: new Set() }
          : row,
    );
    const lacks =
      'not-programmed | error | vpc/vpc1 | NB lacks what it asks for: the gateways of router port vpc1-external0';
    expect(messages(drift(cleared))).toEqual([lacks]);
    expect(messages(drift(cleared, true))).toEqual([lacks]);
    const reordered = damaged(nb, (table, row) =>
      table === 'Gateway_Chassis' && row['priority'] !== 0 ? { ...row, priority: 7 } : row,
    );
    expect(messages(drift(reordered))).toEqual([
      'programmed-otherwise | warning | vpc/vpc1 | NB has it otherwise than it asks: the gateways of router port vpc1-external0',
    ]);
    expect(drift(reordered, true).findings).toEqual([]);
  });

  it('tells that no gateway is left but the keeper, where no controller made it so', () => {
    const bare = damaged(nb, (table, row) => {
      if (table === 'Gateway_Chassis') return row['priority'] === 0 ? row : undefined;
      if (table !== 'Logical_Router_Port' || row['name'] !== 'vpc1-external0') return row;
      const keeper = [...nb.table('Gateway_Chassis')].flatMap((each) =>
        each.priority === 0 ? [each._uuid] : [],
      );
      return { ...row, gateway_chassis: new Set(keeper) };
    });
    expect(drift(bare).missing).toEqual([{ kind: 'Vpc', name: 'vpc1' }]);
    expect(drift(bare, true).findings).toEqual([]);
  });

  it('takes a group of another sort for gateways', () => {
    const grouped = damaged(
      nb,
      (table, row) =>
        table === 'Gateway_Chassis'
          ? undefined
          : table === 'Logical_Router_Port' && row['name'] === 'vpc1-external0'
            ? { ...row, gateway_chassis: new Set(), ha_chassis_group: '00000000-0000-4000-8000-000000000001' }
            : row,
      {
        HA_Chassis_Group: [
          {
            _uuid: '00000000-0000-4000-8000-000000000001',
            name: 'g',
            ha_chassis: new Set(['00000000-0000-4000-8000-000000000002']),
          },
        ],
      },
    );
    expect(drift(grouped).missing).toEqual([]);
    expect(drift(grouped).otherwise).toEqual([{ kind: 'Vpc', name: 'vpc1' }]);
  });

  it('names the columns that somebody changed', () => {
    const changed = damaged(nb, (table, row) =>
      table === 'NAT' ? { ...row, logical_ip: '192.168.0.99', logical_port: undefined } : row,
    );
    expect(messages(drift(changed))).toEqual([
      'programmed-otherwise | error | ovn-fip/web | NB has it otherwise than it asks: NAT vpc1 dnat_and_snat 10.9.101.9 (logical_ip, logical_port)',
    ]);
  });

  it('tells rows of an object that is gone from those that one has too many', () => {
    const { changes } = planNb([], nb);
    const told = driftOf({ changes, observed: nb, objects: new Set(['vpc/vpc1']), isControlled: false });
    expect(told.missing).toEqual([]);
    expect(told.otherwise).toEqual([{ kind: 'Vpc', name: 'vpc1' }]);
    expect(messages(told)).toContain(
      'leftover | warning | ovn-fip/web | ovn-fip/web is gone, and NB still has NAT vpc1 dnat_and_snat 10.9.101.9',
    );
  });

  it('says whether a controller is there to see to it', () => {
    const bare = damaged(nb, without('NAT'));
    expect(drift(bare).findings[0]?.cure).toContain('no controller is at work');
    expect(drift(bare, true).findings[0]?.cure).toContain('the controller comes to it');
  });
});
