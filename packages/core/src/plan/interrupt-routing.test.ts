import type { Resource, Vpc } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { desiredRows, emptyNb, planNb, programmed } from '../testing/program.ts';
import { eip, subnet, vpc } from '../testing/resources.ts';

const attached = (spec: Vpc['spec']): Vpc =>
  vpc('vpc1', { enableExternal: true, extraExternalSubnets: ['external0'], ...spec });

/** What the step from one to the other interrupts. */
function effects(before: readonly Resource[], after: readonly Resource[]): readonly string[] {
  const nb = programmed(fieldStoryWith(...before), fieldFabric);
  const { changes } = planNb(desiredRows(fieldStoryWith(...after), fieldFabric), nb);
  expect(changes).not.toEqual([]);
  return changes.flatMap(({ interrupts }) => interrupts?.flows.map(({ effect }) => effect) ?? []);
}

const hop = (nextHopIP: string) => ({ cidr: '172.16.0.0/16', nextHopIP });
const drop = { priority: 10, match: 'ip4', action: 'drop' as const };
const reroute = { priority: 10, match: 'ip4', action: 'reroute' as const, nextHopIP: '10.9.101.7' };

describe('a change of routes', () => {
  const none = [attached({})];
  const one = [attached({ staticRoutes: [hop('10.9.101.7')] })];
  const two = [attached({ staticRoutes: [hop('10.9.101.7'), hop('10.9.101.8')] })];

  it('interrupts nobody when one comes', () => {
    expect(effects(none, one)).toEqual([]);
    expect(effects(one, two)).toEqual([]);
  });

  it('interrupts what has no other way when one goes', () => {
    expect(effects(one, none)).toEqual([
      '172.16.0.0/16 via 10.9.101.7: destinations behind the route become unreachable',
    ]);
  });

  it('says that others take over when one of several goes, or is replaced', () => {
    expect(effects(two, one)).toEqual([
      'connections of 172.16.0.0/16 via 10.9.101.8 go on by the other next hops',
    ]);
    expect(effects(one, [attached({ staticRoutes: [hop('10.9.101.8')] })])).toEqual([
      'connections of 172.16.0.0/16 via 10.9.101.7 go on by the other next hops',
    ]);
  });

  it('says that a route waits for the session that is to watch it', () => {
    const ecmp = (enableBfd: boolean): readonly Resource[] => [
      attached({
        enableBfd,
        staticRoutes: [{ cidr: '192.168.0.0/24', nextHopIP: '10.9.101.21', policy: 'policySrc' }],
      }),
      subnet('vpc1-subnet1', { vpc: 'vpc1', cidrBlock: '192.168.0.0/24', enableEcmp: true }),
      eip('n1', { externalSubnet: 'external0', type: 'lsp', v4Ip: '10.9.101.21' }),
      eip('n2', { externalSubnet: 'external0', type: 'lsp', v4Ip: '10.9.101.22' }),
    ];
    expect(effects(ecmp(false), ecmp(true))).toEqual([
      '192.168.0.0/24 via 10.9.101.21: the route counts only once its BFD session is up',
    ]);
    expect(effects(ecmp(true), ecmp(false))).toEqual([
      'connections of 192.168.0.0/24 via 10.9.101.22 go on by the other next hops',
    ]);
  });
});

describe('a change of policies', () => {
  const none = [attached({})];

  it('interrupts nobody on a router that is new', () => {
    const desired = desiredRows(fieldStoryWith(attached({ policyRoutes: [drop] })), fieldFabric);
    expect(planNb(desired, emptyNb).summary.interrupting).toBe(0);
  });

  it('is no word about packets of a router that goes', () => {
    const nb = programmed(fieldStoryWith(attached({ policyRoutes: [drop] })), fieldFabric);
    const texts = planNb([], nb).changes.flatMap(
      ({ interrupts }) => interrupts?.flows.map(({ effect }) => effect) ?? [],
    );
    expect(texts).toContain('the whole VPC stops');
    expect(texts.filter((text) => text.startsWith('packets with'))).toEqual([]);
  });

  it('says what becomes of the packets', () => {
    const [dropping, rerouting] = [
      [attached({ policyRoutes: [drop] })],
      [attached({ policyRoutes: [reroute] })],
    ];
    expect(effects(none, dropping)).toEqual(['packets with ip4 are dropped']);
    expect(effects(none, rerouting)).toEqual(['packets with ip4 go to other next hops']);
    expect(effects(none, [attached({ policyRoutes: [{ ...drop, action: 'allow' }] })])).toEqual([]);
    expect(effects(dropping, rerouting)).toEqual(['packets with ip4 go to other next hops']);
    expect(effects(rerouting, dropping)).toEqual(['packets with ip4 are dropped']);
    expect(effects(dropping, none)).toEqual(['packets with ip4 go by the routes again']);
    const other = [attached({ policyRoutes: [{ ...reroute, nextHopIP: '10.9.101.8' }] })];
    expect(effects(rerouting, other)).toEqual(['packets with ip4 go to other next hops']);
  });
});
