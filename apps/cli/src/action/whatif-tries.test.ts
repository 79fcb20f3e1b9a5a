import { analyse, fabricOf, type SweepKind } from '@berth/core';
import { parseIp } from '@berth/net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataPlaneOf, floatingIpFlow } from '../../../../packages/core/src/testing/data-plane.ts';
import { askedOf } from '../../../../packages/core/src/testing/oracle/questions.ts';
import { type OvnWorld, ovnWorld } from '../../../../packages/core/src/testing/ovn-world.ts';
import { anyOvnWorld } from '../../../../packages/core/src/testing/ovn-world-random.ts';
import { styleOf } from '../output/style.ts';
import { verdictTable } from '../output/whatif-text.ts';
import type { Touched } from '../output/whatif-totals.ts';
import { sequencesOf } from './whatif.ts';
import { eachTry, sweptTries, type Try } from './whatif-tries.ts';

/** Both ways to try the same failures on all flows of a network. */
function triesOf(world: OvnWorld, kinds: readonly SweepKind[]) {
  const { nb, sb } = ovnWorld(world);
  const fabric = fabricOf(nb, sb);
  const flows = askedOf(nb, sb).map(({ flow }) => flow);
  const predict: Parameters<typeof sweptTries>[0]['predict'] = (failures, some = flows) =>
    analyse({ fabric, flows: some, failures });
  const swept = [...sweptTries({ fabric, predict }, flows, kinds, true)];
  const sequences = swept.map(({ failures }) => failures);
  return { swept, each: [...eachTry({ predict }, flows, sequences, false)] };
}

/** What a try says, in an order of its own. */
function saidBy({ totals, touched, verdicts }: Try) {
  const text = ({ target, direction }: Touched['flow']) => `${target} ${direction}`;
  return {
    totals,
    touched: touched()
      .map(({ flow, effect }) => `${text(flow)} ${effect}`)
      .sort(),
    listed: verdicts()
      .map(({ flow }) => text(flow))
      .sort(),
  };
}

test('flows tried in classes and one by one are told alike, those too of which nobody knows whether they work', () => {
  fc.assert(
    fc.property(anyOvnWorld, (world) => {
      const { swept, each } = triesOf(world, ['host', 'ovn-controller']);
      expect(swept.map(saidBy)).toEqual(each.map(saidBy));
    }),
    { numRuns: 60, seed: 7 },
  );
});

test('the flows of a scenario are listed as its totals count them', () => {
  fc.assert(
    fc.property(anyOvnWorld, (world) => {
      for (const { totals, touched } of triesOf(world, ['host']).each) {
        const count = (effect: Touched['effect']): number =>
          touched().filter((one) => one.effect === effect).length;
        expect([count('lost'), count('moved'), count('unknown')]).toEqual([
          totals.lost,
          totals.moved,
          totals.unknown,
        ]);
        expect(totals.delivered + totals.lost + totals.unknown + totals.brokenBefore).toBe(totals.flows);
      }
    }),
    { numRuns: 60, seed: 8 },
  );
});

/** A floating IP that runs on N, and on S, which stands still and was never told that it was taken away. */
function twice() {
  const plain = dataPlaneOf({ nodes: ['G', 'N', 'S'], gateways: ['G'], ports: { 'web.default': 'N' } });
  const flow = floatingIpFlow('inbound', 'distributed', 'web.default');
  const ip = parseIp('10.9.101.9');
  if (!ip) throw new Error('no address');
  const mark = { ip, mac: '02:00:00:00:00:01', switchName: 'out', chassis: 'S', object: 'ovn-fip/web' };
  const why = {
    change: { number: 6, isAfter: false },
    why: 'it stands still',
    isCertain: true,
    holders: [],
  };
  return {
    fabric: { ...plain, behind: new Map([['S', 5]]) },
    flows: [
      { ...flow, lingering: [{ ...mark, ...why }] },
      { ...flow, target: 'fip/dark', network: undefined },
    ],
  };
}

test('an address of which it is not known whether it works is unknown whatever fails, until one answers for it', () => {
  const { fabric, flows } = twice();
  const predict: Parameters<typeof eachTry>[0]['predict'] = (failures, some) =>
    analyse({ fabric, flows: some, failures });
  const each = [...eachTry({ predict }, flows, sequencesOf({ each: ['host'] }, fabric), false)];
  expect([...sweptTries({ fabric, predict }, flows, ['host'], false)].map(saidBy)).toEqual(each.map(saidBy));
  const [other, own, still] = each;
  for (const one of [other, own]) {
    expect(one?.totals).toMatchObject({ lost: 0, unknown: 1, unknownBefore: 1, brokenBefore: 1 });
    expect(one?.touched().map(({ effect }) => effect)).toEqual(['unknown']);
  }
  expect([other?.totals.conflict, own?.totals.conflict]).toEqual([1, 0]);
  expect(still?.totals).toMatchObject({ delivered: 1, unknown: 0, brokenBefore: 1 });
  expect(still?.touched()).toEqual([]);
  const { verdicts } = predict([[{ kind: 'host', node: 'N' }]], flows);
  const table = verdictTable(verdicts, (name) => name, styleOf(false));
  expect(table).toMatch(/unknown \(N or S\) +lost \(unknown before\)/);
  expect(table).toMatch(/lost +lost \(broken before\)/);
});
