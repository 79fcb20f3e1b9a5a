import { type Resource, resourcesIn } from '@berth/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dnat,
  eip,
  fip,
  node,
  pod,
  providerNetwork,
  snat,
  subnet,
  vip,
  vlan,
  vpc,
} from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';

const at = (clock: string) => ({ creationTimestamp: `2026-01-01T${clock}Z` });
const noon = at('12:00:00');
const router = 'vpc1-external0';

const outside = (cidrBlock = '10.0.0.0/29,fd00::/64'): readonly Resource[] => [
  providerNetwork('external0'),
  vlan('external0'),
  subnet('external0', { vlan: 'external0', cidrBlock }),
];

const ground = (spec: object = {}): readonly Resource[] => [
  ...outside(),
  vpc('vpc1', { enableExternal: true, ...spec }),
  subnet('s', { vpc: 'vpc1', cidrBlock: '192.168.0.0/24' }),
];

/** What is stored once everything is given its addresses, made at noon as far as it has no age. */
function made(...objects: readonly Resource[]): readonly Resource[] {
  return resourcesIn(settle(objects).resources).map(
    (each) => ({ ...each, metadata: { ...noon, ...defined(each.metadata) } }) as Resource,
  );
}

function defined({ creationTimestamp, ...metadata }: Resource['metadata']): object {
  return creationTimestamp === undefined ? metadata : { creationTimestamp, ...metadata };
}

/** `web 10.0.0.2,fd00::2` for every EIP, with the codes of findings about it. */
function eips(...objects: readonly Resource[]): readonly string[] {
  const { resources, findings } = settle(objects);
  return resources.OvnEip.map(({ metadata, status }) => {
    const codes = findings
      .filter(({ object }) => object?.kind === 'OvnEip' && object.name === metadata.name)
      .map(({ code }) => code);
    return [metadata.name, [status?.v4Ip, status?.v6Ip].filter(Boolean).join(',') || 'none', ...codes].join(
      ' ',
    );
  }).sort();
}

describe('an address of our choice', () => {
  const asking = (clock = '12:00:01') => eip('web', { v4Ip: '10.0.0.2' }, at(clock));

  it('that a router port has makes way for an EIP that asks for it, in each family on its own', () => {
    expect(eips(...made(...ground()))).toEqual([`${router} 10.0.0.2,fd00::2`]);
    expect(eips(...made(...ground()), asking())).toEqual([
      `${router} 10.0.0.3,fd00::2`,
      'web 10.0.0.2,fd00::3',
    ]);
    const six = eip('web', { v6Ip: 'fd00::2' }, at('12:00:01'));
    expect(eips(...made(...ground()), six)).toEqual([`${router} 10.0.0.2,fd00::3`, 'web 10.0.0.3,fd00::2']);
    const both = eip('web', { v4Ip: '10.0.0.2', v6Ip: 'fd00::2' }, at('12:00:01'));
    expect(eips(...made(...ground()), both)).toEqual([`${router} 10.0.0.3,fd00::3`, 'web 10.0.0.2,fd00::2']);
  });

  it('that an EIP has whose spec asks for none makes way, and the spec tells the new one', () => {
    const objects = [...made(...outside(), eip('a')), asking()];
    expect(eips(...objects)).toEqual(['a 10.0.0.3,fd00::2', 'web 10.0.0.2,fd00::3']);
    const a = settle(objects).resources.OvnEip.find(({ metadata }) => metadata.name === 'a');
    expect([a?.spec.v4Ip, a?.spec.v6Ip]).toEqual(['10.0.0.3', 'fd00::2']);
  });

  it('makes way for one of two that ask for it, the older', () => {
    const two = [asking('12:00:02'), eip('other', { v4Ip: '10.0.0.2' }, at('12:00:01'))];
    expect(eips(...made(...outside(), eip('a')), ...two)).toEqual([
      'a 10.0.0.3,fd00::2',
      'other 10.0.0.2,fd00::3',
      'web none address-taken',
    ]);
  });

  it('goes to none that somebody else asks for', () => {
    const others = ['3', '4'].map((last) => eip(`x${last}`, { v4Ip: `10.0.0.${last}` }, at('12:00:01')));
    expect(eips(...made(...outside(), eip('a'), eip('b')), asking(), ...others)).toEqual([
      'a 10.0.0.5,fd00::2',
      'b 10.0.0.6,fd00::3',
      'web 10.0.0.2,fd00::4',
      'x3 10.0.0.3,fd00::5',
      'x4 10.0.0.4,fd00::6',
    ]);
  });

  it('stays where there is no other one', () => {
    const full = ['3', '4', '5', '6'].map((last) => eip(`x${last}`, { v4Ip: `10.0.0.${last}` }));
    const objects = [...made(...outside(), eip('a'), ...full), asking()];
    expect(eips(...objects).filter((text) => !text.startsWith('x'))).toEqual([
      'a 10.0.0.2,fd00::2',
      'web none address-taken',
    ]);
  });

  it.each([
    ['a floating IP', fip('a', { ovnEip: 'a', ipName: 'later.default' })],
    ['a source NAT', snat('a', { ovnEip: 'a', vpcSubnet: 's' })],
    ['a port forward', dnat('a', { ovnEip: 'a', ipName: 'later.default' })],
  ])('stays where %s is on it, though that waits for its workload', (_, rule) => {
    expect(eips(...made(...outside(), eip('a'), rule), asking())).toEqual([
      'a 10.0.0.2,fd00::2',
      'web none address-taken',
    ]);
  });

  it.each([
    ['a rule', {}, [snat('out', { ovnEip: router, vpcSubnet: 's' })]],
    ['routes of the user', { staticRoutes: [{ cidr: '172.16.0.0/12', nextHopIP: '10.0.0.6' }] }, []],
  ])('of a router port stays where %s may depend on it', (_, spec, more) => {
    expect(eips(...made(...ground(spec), ...more), asking())).toEqual([
      `${router} 10.0.0.2,fd00::2`,
      'web none address-taken',
    ]);
  });

  it('stays after an hour, as what is outside may depend on it, but not before an object that was there first', () => {
    expect(eips(...made(...ground()), asking('13:00:00'))).toContain('web 10.0.0.2,fd00::3');
    expect(eips(...made(...ground()), asking('13:00:01'))).toContain('web none address-taken');
    expect(eips(...made(...ground()), asking('01:00:00'))).toContain('web 10.0.0.2,fd00::3');
  });

  it('is the user’s once the annotation is gone, or the spec asks for it', () => {
    const own = made(...outside(), eip('a')).map((each) =>
      each.kind === 'OvnEip' ? { ...each, metadata: { ...each.metadata, annotations: {} } } : each,
    );
    expect(eips(...own, asking())).toContain('web none address-taken');
    const asked = made(...outside(), eip('a', { v4Ip: '10.0.0.2' }));
    expect(eips(...asked, asking())).toContain('web none address-taken');
  });

  it('is what a spec restores on its own, before others choose', () => {
    const [stored] = settle([...outside(), eip('a')]).resources.OvnEip;
    if (!stored) throw new Error('no EIP');
    const { status: _lost, ...restored } = stored;
    const metadata = { ...restored.metadata, ...at('12:00:09') };
    expect(eips(...outside(), { ...restored, metadata }, eip('0', {}, noon))).toEqual([
      '0 10.0.0.3,fd00::3',
      'a 10.0.0.2,fd00::2',
    ]);
  });

  it('says who has it and what to do where it stays, and is given once it is free', () => {
    const objects = [...made(...ground(), snat('out', { ovnEip: router, vpcSubnet: 's' })), asking()];
    const { findings } = settle(objects);
    expect(findings.filter(({ code }) => code === 'address-taken')).toMatchObject([
      {
        code: 'address-taken',
        object: { kind: 'OvnEip', name: 'web' },
        field: 'spec.v4Ip',
        message: `10.0.0.2 is taken by ovn-eip/${router}`,
        cure: `choose another address, leave the field out, or ask for another address in the spec of ovn-eip/${router}, which asks for none`,
      },
    ]);
    const cured = objects.map((each) =>
      each.kind === 'OvnEip' && each.metadata.name === router
        ? { ...each, spec: { ...each.spec, v4Ip: '10.0.0.6' } }
        : each,
    );
    expect(eips(...cured)).toEqual([`${router} 10.0.0.6,fd00::2`, 'web 10.0.0.2,fd00::3']);
    const gone = objects.filter(({ metadata }) => !['vpc1', router, 'out'].includes(metadata.name));
    expect(eips(...gone)).toEqual(['web 10.0.0.2,fd00::2']);
  });

  it('of a Vip makes way for a Vip and for a pod, unless a rule leads to it', () => {
    const inside = [node('n1'), vpc('vpc1'), subnet('s', { vpc: 'vpc1', cidrBlock: '192.168.0.0/24' })];
    const vips = (...objects: readonly Resource[]) =>
      settle(objects)
        .resources.Vip.map(({ metadata, spec, status }) => [metadata.name, spec.v4ip, status?.v4ip].join(' '))
        .sort();
    const before = made(...inside, vip('a', { subnet: 's' }));
    expect(vips(...before)).toEqual(['a 192.168.0.2 192.168.0.2']);
    expect(vips(...before, vip('b', { subnet: 's', v4ip: '192.168.0.2' }))).toEqual([
      'a 192.168.0.3 192.168.0.3',
      'b 192.168.0.2 192.168.0.2',
    ]);
    expect(vips(...before, pod('web', { subnet: 's', ips: '192.168.0.2', node: 'n1' }))).toEqual([
      'a 192.168.0.3 192.168.0.3',
    ]);
    const led = made(
      ...inside,
      vip('a', { subnet: 's' }),
      fip('f', { ovnEip: 'e', ipName: 'a', ipType: 'vip' }),
    );
    expect(vips(...led, vip('b', { subnet: 's', v4ip: '192.168.0.2' }))[0]).toBe('a 192.168.0.2 192.168.0.2');
  });

  it('of a pod stays: the workload may have it', () => {
    const inside = [node('n1'), vpc('vpc1'), subnet('s', { vpc: 'vpc1', cidrBlock: '192.168.0.0/24' })];
    const before = made(...inside, pod('a', { subnet: 's', node: 'n1' }));
    const { findings } = settle([...before, pod('b', { subnet: 's', ips: '192.168.0.2', node: 'n1' })]);
    expect(findings.map(({ code, message }) => `${code} ${message}`)).toContain(
      'address-taken 192.168.0.2 is taken by pod/default/a',
    );
  });

  it('has been given to one and is yet to be taken from the other when a controller dies: the next ends it', () => {
    const [web] = settle([...outside(), asking()]).resources.OvnEip;
    if (!web) throw new Error('no EIP');
    const half = { ...web, metadata: { ...web.metadata, ...at('12:00:01') } };
    expect(eips(...made(...ground()), half)).toEqual([`${router} 10.0.0.3,fd00::2`, 'web 10.0.0.2,fd00::3']);
  });
});

/** The address of each EIP that has one. */
function addressOf(objects: readonly Resource[]): ReadonlyMap<string, string> {
  const eips = objects.flatMap((each) => (each.kind === 'OvnEip' ? [each] : []));
  return new Map(
    eips.flatMap(({ metadata, status }) => {
      const ip = status?.v4Ip ?? status?.v6Ip;
      return ip === undefined ? [] : [[metadata.name, ip] as const];
    }),
  );
}

describe('any objects in any order', () => {
  const last = fc.integer({ min: 2, max: 14 });
  const world = fc.record({
    chosen: fc.array(fc.boolean(), { maxLength: 5 }),
    asked: fc.uniqueArray(last, { maxLength: 5 }),
    six: fc.boolean(),
  });

  it('those that ask get what they ask for, the others what is left, and nobody loses one that is used', () => {
    fc.assert(
      fc.property(world, ({ chosen, asked, six }) => {
        const network = outside(six ? 'fd00::/124' : '10.0.0.0/28');
        const address = (host: number): string => (six ? `fd00::${host.toString(16)}` : `10.0.0.${host}`);
        const first = made(
          ...network,
          vpc('vpc1', { enableExternal: true }),
          ...chosen.flatMap((isUsed, place) => [
            eip(`c${place}`),
            ...(isUsed ? [fip(`c${place}`, { ovnEip: `c${place}`, ipName: 'later.default' })] : []),
          ]),
        );
        const wishes = asked.map((host) =>
          eip(`w${host}`, six ? { v6Ip: address(host) } : { v4Ip: address(host) }, at('12:00:01')),
        );
        const { resources, rounds } = settle([...first, ...wishes]);
        expect(rounds).toBeLessThanOrEqual(1);
        const [before, after] = [addressOf(first), addressOf(resourcesIn(resources))];
        const usedBy = chosen.flatMap((isUsed, place) => (isUsed ? [`c${place}`] : []));
        const used = usedBy.map((name) => before.get(name));
        for (const name of usedBy) expect(after.get(name)).toBe(before.get(name));
        for (const host of asked)
          expect(after.get(`w${host}`)).toBe(used.includes(address(host)) ? undefined : address(host));
        for (const name of before.keys()) expect(after.has(name)).toBe(true);
        expect(new Set(after.values()).size).toBe(after.size);
      }),
    );
  });
});
