import { type Resource, resourceSetOf, resourcesIn } from '@berth/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyFabric } from '../fabric/fabric.ts';
import { eip, fip, ip, node, pod, providerNetwork, subnet, vlan, vpc } from '../testing/resources.ts';
import { settings, settle } from '../testing/settle.ts';
import { intentOf } from './intent-of.ts';

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
});
