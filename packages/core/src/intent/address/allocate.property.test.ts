import { type Resource, type ResourceSet, resourceSetOf, resourcesIn } from '@berth/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyFabric } from '../../fabric/fabric.ts';
import { eip, fip, ip, node, pod, providerNetwork, subnet, vlan, vpc } from '../../testing/resources.ts';
import { settings, settle } from '../../testing/settle.ts';
import { intentOf } from '../intent-of.ts';
import { withWrites } from '../object/write.ts';

const outside = (cidrBlock: string, excludeIps: readonly string[] = []): readonly Resource[] => [
  providerNetwork('external0'),
  vlan('external0'),
  subnet('external0', { vlan: 'external0', cidrBlock, excludeIps: [...excludeIps] }),
];

const inside = (cidrBlock: string): readonly Resource[] => [
  node('n1'),
  node('n2'),
  vpc('vpc1'),
  subnet('s', { vpc: 'vpc1', cidrBlock }),
];

const octet = fc.integer({ min: 0, max: 15 });
const request = fc.option(octet, { nil: undefined });

/** A handful of EIPs, pods and user IPs with all sorts of wishes on two small pools. */
const network = fc
  .record({
    excluded: fc.array(octet, { maxLength: 3 }),
    eips: fc.array(fc.record({ wish: request, old: fc.boolean() }), { maxLength: 10 }),
    pods: fc.array(fc.record({ wish: request, bound: fc.boolean() }), { maxLength: 10 }),
    ips: fc.array(request, { maxLength: 4 }),
  })
  .map(({ excluded, eips: eipWishes, pods, ips }): readonly Resource[] => [
    ...outside(
      '10.0.0.0/28',
      excluded.map((each) => `10.0.0.${each}`),
    ),
    ...inside('192.168.0.0/28'),
    ...eipWishes.flatMap(({ wish, old }, index) => [
      eip(
        `e${index}`,
        wish === undefined ? {} : { v4Ip: `10.0.0.${wish}` },
        old ? { creationTimestamp: `2026-01-01T00:00:${10 + index}Z` } : {},
      ),
      fip(`f${index}`, { ovnEip: `e${index}`, ipName: `p${index}.default` }),
    ]),
    ...pods.map(({ wish, bound }, index) =>
      pod(`p${index}`, {
        subnet: 's',
        ...(wish !== undefined && { ips: `192.168.0.${wish}` }),
        ...(bound && { node: 'n2' }),
      }),
    ),
    ...ips.map((wish, index) =>
      ip(`i${index}`, { subnet: 's', ...(wish !== undefined && { v4IpAddress: `192.168.0.${wish}` }) }),
    ),
  ]);

describe('any network', () => {
  it('is stored in one round, after which nothing is left to store', () => {
    fc.assert(
      fc.property(network, (objects) => {
        const { rounds, resources } = settle(objects);
        expect(rounds).toBeLessThanOrEqual(1);
        expect(intentOf(resources, emptyFabric, settings).writes).toEqual([]);
      }),
    );
  });

  it('is allocated alike in any order of input', () => {
    const shuffled = network.chain((objects) =>
      fc.tuple(fc.constant(objects), fc.shuffledSubarray([...objects], { minLength: objects.length })),
    );
    fc.assert(
      fc.property(shuffled, ([objects, other]) => {
        const writes = (set: readonly Resource[]): string =>
          JSON.stringify(intentOf(resourceSetOf(set), emptyFabric, settings).writes);
        expect(writes(other)).toBe(writes(objects));
      }),
    );
  });

  it('never has an address or a MAC twice in a subnet, nor one that no host can have', () => {
    fc.assert(
      fc.property(network, (objects) => {
        const { resources } = settle(objects);
        const external = resources.OvnEip.flatMap(({ status }) => status?.v4Ip ?? []);
        const ports = settle(objects).intent.vpcs.flatMap(({ subnets }) =>
          subnets.flatMap((each) => each.ports),
        );
        const internal = ports.flatMap(({ addresses }) => addresses);
        for (const list of [external, internal, ports.map(({ mac }) => mac)])
          expect(new Set(list).size).toBe(list.length);
        for (const address of [...external, ...internal]) {
          const host = Number(address.split('.')[3]);
          expect(host).toBeGreaterThan(1);
          expect(host).toBeLessThan(15);
        }
      }),
    );
  });

  it('keeps every address when something more is asked for', () => {
    fc.assert(
      fc.property(network, fc.boolean(), (objects, old) => {
        const { resources } = settle(objects);
        const more = eip('0', {}, old ? { creationTimestamp: '2026-01-01T00:00:00Z' } : {});
        const after = settle([...resourcesIn(resources), more]).resources;
        for (const { metadata, status } of resources.OvnEip) {
          if (status?.v4Ip === undefined) continue;
          expect(after.OvnEip.find((each) => each.metadata.name === metadata.name)?.status?.v4Ip).toBe(
            status.v4Ip,
          );
        }
      }),
    );
  });

  it('gets the same addresses in a preview, where nothing has an age, as when everything is stored', () => {
    fc.assert(
      fc.property(mixed, fc.constantFrom('same', 'later'), (objects, own) => {
        const preview = rounds(objects, (each) => each);
        const stored = rounds(stamped(objects, '2026-01-01T00:00:00Z'), (written) =>
          stamped(written, own === 'same' ? '2026-01-01T00:00:00Z' : '2026-01-01T00:00:01Z'),
        );
        expect(addresses(preview)).toEqual(addresses(stored));
      }),
    );
  });
});

/** Objects whose names come before and after those of the router ports and pods that we make. */
const mixed = fc
  .tuple(network, fc.boolean(), fc.subarray(['a', 'q', 'zz']))
  .map(([objects, other, names]): readonly Resource[] => [
    ...objects
      .filter(({ kind }) => kind !== 'Vpc')
      .map((each) => ({ ...each, metadata: { ...each.metadata, creationTimestamp: undefined } }) as Resource),
    vpc('vpc1', { enableExternal: true }),
    ...(other ? [vpc('m', { enableExternal: true })] : []),
    ...names.flatMap((name) => [eip(name), ip(name, { subnet: 's' })]),
  ]);

/** The objects with an age, where they have none. */
function stamped(objects: readonly Resource[], creationTimestamp: string): readonly Resource[] {
  return objects.map(
    (each) => ({ ...each, metadata: { creationTimestamp, ...defined(each.metadata) } }) as Resource,
  );
}

function defined({ creationTimestamp, ...rest }: Resource['metadata']): object {
  return creationTimestamp === undefined ? rest : { ...rest, creationTimestamp };
}

/** Stores what the intent asks for, until nothing is left; `store` is what the store makes of all objects. */
function rounds(
  objects: readonly Resource[],
  store: (all: readonly Resource[]) => readonly Resource[],
): ResourceSet {
  let set = resourceSetOf(objects);
  for (let round = 0; round < 4; round++)
    set = resourceSetOf(store(resourcesIn(withWrites(set, intentOf(set, emptyFabric, settings).writes))));
  return set;
}

function addresses({ OvnEip, IP }: ResourceSet): readonly string[] {
  return [
    ...OvnEip.map(({ metadata, status }) => `eip ${metadata.name} ${status?.v4Ip} ${status?.macAddress}`),
    ...IP.map(({ metadata, spec }) => `ip ${metadata.name} ${spec.v4IpAddress} ${spec.macAddress}`),
  ].sort();
}
