import { keepAnnotation, keptKey, type Resource } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { compiledTables } from '../compile/compile.ts';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { carryOut, emptyNb, type Nb } from '../testing/program.ts';
import { eip, fip, subnet, vpc } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';
import { Planner } from './planner.ts';

const keeping = (text: string | undefined) =>
  text === undefined ? {} : { annotations: { [keepAnnotation]: text } };
const web = (keep: string | undefined, type: 'centralized' | 'distributed' = 'centralized'): Resource =>
  fip('web', { ovnEip: 'web', ipName: 'web.default', type }, keeping(keep));
const inner = (keep: string | undefined): Resource =>
  subnet(
    'vpc1-subnet1',
    { vpc: 'vpc1', protocol: 'IPv4', cidrBlock: '192.168.0.0/24', gateway: '192.168.0.1' },
    keeping(keep),
  );
const router = (keep: string | undefined): Resource =>
  vpc('vpc1', { enableExternal: true, extraExternalSubnets: ['external0'] }, keeping(keep));

/** What a controller comes to that starts with NB as it is. */
function asked(nb: Nb, ...objects: readonly Resource[]) {
  const settled = settle(fieldStoryWith(...objects), { ...fieldFabric, northbound: nb });
  const planner = new Planner({ db: 'NB', tables: compiledTables, instance: 'default' });
  const plan = planner.plan(settled.intent, nb);
  return { plan, findings: settled.findings, nb: carryOut(plan, nb) };
}

const told = (plan: ReturnType<typeof asked>['plan']) =>
  plan.findings.map(({ code, object, message }) => [code, object?.name, message]);

const distributed = '{"placement":"distributed"}';

describe('what is kept', () => {
  it('is told when it is lifted, from where to where, once, with what brings it back', () => {
    const kept = asked(emptyNb, web(distributed));
    expect(told(kept.plan)).toEqual([]);
    const lifted = asked(kept.nb, web(undefined));
    expect(told(lifted.plan)).toEqual([
      [
        'keep-lifted',
        'web',
        'ovn-fip/web keeps no more what it was taken over with: 10.9.101.9 moves from the node of web.default (vnode-103-176, distributed) to the gateway (vnode-117-46, centralized)',
      ],
    ]);
    expect(lifted.plan.findings[0]).toMatchObject({
      severity: 'warning',
      cure: expect.stringContaining(`again: ${distributed}`),
    });
    const again = asked(lifted.nb, web(undefined));
    expect(again.plan.changes).toEqual([]);
    expect(told(again.plan)).toEqual([]);
  });

  it('is told as another MAC, and not as a move, where only the MAC was kept', () => {
    const [mac, own] = ['6a:00:00:00:00:04', '6e:00:00:00:00:09'];
    const address = eip('web', {
      ...{ externalSubnet: 'external0', v4Ip: '10.9.101.9', macAddress: own, type: 'nat' },
    });
    const kept = asked(
      emptyNb,
      address,
      web(`{"placement":"distributed","mac":"${mac}","port":"web.default"}`, 'distributed'),
    );
    const { plan } = asked(kept.nb, address, web(undefined, 'distributed'));
    expect(told(plan)).toEqual([
      [
        'keep-lifted',
        'web',
        `ovn-fip/web keeps no more what it was taken over with: 10.9.101.9 stays at the node of web.default (vnode-103-176, distributed), and the MAC that answers for it changes from ${mac} to ${own}`,
      ],
    ]);
  });

  it('is told of a default route that was left as it was found, once another one comes beside it', () => {
    const kept = asked(emptyNb, router('{"gateways":{},"defaultRoute":"found"}'));
    const lifted = asked(kept.nb, router(undefined));
    expect(told(lifted.plan)).toEqual([
      [
        'keep-lifted',
        'vpc1',
        'vpc/vpc1 keeps no more what it was taken over with: the default route was kept as it was found, and one to 10.9.101.1 comes beside it',
      ],
    ]);
  });

  it('is lifted without a word where nothing changes by that', () => {
    const kept = asked(emptyNb, web(distributed, 'distributed'));
    const lifted = asked(kept.nb, web(undefined, 'distributed'));
    expect(lifted.plan.changes.map(({ columns }) => Object.keys(columns))).toEqual([['external_ids']]);
    expect(told(lifted.plan)).toEqual([]);
  });

  it('is told where something else is to be kept, too', () => {
    const kept = asked(emptyNb, web(distributed));
    const other = asked(kept.nb, web('{"placement":"centralized"}'));
    expect(told(other.plan)[0]?.[2]).toContain('what ovn-fip/web keeps is another: 10.9.101.9 moves from');
  });

  it('is lifted without a word where it named no node that there is, and names those that it did', () => {
    const kept = asked(emptyNb, router('{"gateways":{"external0":["nobody"]}}'));
    expect(told(asked(kept.nb, router(undefined)).plan)).toEqual([]);
    const partly = asked(emptyNb, router('{"gateways":{"external0":["nobody","vnode-117-46"]}}'));
    expect(told(asked(partly.nb, router(undefined)).plan)).toEqual([
      ['keep-lifted', 'vpc1', expect.stringContaining('were kept as vnode-117-46 and go by')],
    ]);
  });

  it('are the gateways of a Vpc and the MAC of a router, as well', () => {
    const kept = asked(
      emptyNb,
      router('{"gateways":{"external0":["vnode-103-177","vnode-117-46"]}}'),
      inner('{"routerMac":"6e:12:34:56:78:9a"}'),
    );
    const lifted = asked(kept.nb, router(undefined), inner(''));
    expect(told(lifted.plan)).toEqual([
      [
        'keep-lifted',
        'vpc1-subnet1',
        expect.stringMatching(/the router's MAC changes from 6e:12:34:56:78:9a to [0-9a-f:]{17}$/),
      ],
      [
        'keep-lifted',
        'vpc1',
        expect.stringContaining(
          'the gateways of vpc1-external0 were kept as vnode-103-177 > vnode-117-46 and go by policy and labels now',
        ),
      ],
    ]);
  });
});

describe('an annotation that cannot be read', () => {
  it.each(['{', ' ', '{"placement":"anywhere"}', '{"placement":"distributed","mac":"zz"}'])(
    'as %s moves nothing that was kept: what it said last counts, also for a controller that is started anew',
    (text) => {
      const group = '{"gateways":{"external0":["vnode-103-177"]}}';
      const mac = '{"routerMac":"6e:12:34:56:78:9a"}';
      const kept = asked(emptyNb, web(distributed), router(group), inner(mac));
      const slipped = asked(kept.nb, web(text), router(text), inner(text));
      expect(slipped.plan.changes).toEqual([]);
      const unreadable = slipped.findings.filter(({ code }) => code === 'keep-unreadable');
      expect(unreadable.map(({ object }) => object?.kind).sort()).toEqual(['OvnFip', 'Subnet', 'Vpc']);
      for (const { message } of unreadable) expect(message).toMatch(/, so \S+ keeps what it kept before$/);
      expect(unreadable.map(({ object, cure }) => [object?.kind, cure])).toEqual(
        expect.arrayContaining([
          ['OvnFip', expect.stringContaining(`write it as it was, ${distributed}, or remove it`)],
          ['Subnet', expect.stringContaining(`write it as it was, ${mac}, or remove it`)],
        ]),
      );
      const mended = asked(slipped.nb, web(distributed), router(group), inner(mac));
      expect(mended.plan.changes).toEqual([]);
      expect(mended.findings.filter(({ code }) => code === 'keep-unreadable')).toEqual([]);
    },
  );

  it('keeps nothing where nothing was kept, whoever else kept something', () => {
    const made = asked(emptyNb, web(undefined, 'distributed'));
    const slipped = asked(made.nb, web('{'));
    expect(slipped.plan.changes.map(({ columns }) => Object.keys(columns).sort())).toEqual([
      ['external_mac', 'logical_port'],
    ]);
    const [row] = [...made.nb.table('NAT')];
    expect(row?.external_ids.has(keptKey)).toBe(false);
    expect(slipped.findings.find(({ code }) => code === 'keep-unreadable')?.message).toContain(
      'so nothing is kept',
    );
  });
});
