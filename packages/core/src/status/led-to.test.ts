import { describe, expect, it } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { afterPass, ready, statusOf } from '../testing/pass.ts';
import { dnat, eip, fip, vip } from '../testing/resources.ts';

const held = '192.168.0.100';
const objects = fieldStoryWith(
  vip('v', { subnet: 'vpc1-subnet1', v4ip: held }),
  eip('service', { externalSubnet: 'external0', v4Ip: '10.9.101.70' }),
  fip('service', { ovnEip: 'service', ipType: 'vip', ipName: 'v', type: 'centralized' }),
  eip('ports', { externalSubnet: 'external0', v4Ip: '10.9.101.71' }),
  dnat('ports', {
    ...{ ovnEip: 'ports', ipType: 'vip', ipName: 'v', protocol: 'tcp' },
    ...{ externalPort: '80', internalPort: '80' },
  }),
);

/** The fabric in which routers have learned these MACs of addresses inside. */
function learned(macs: Readonly<Record<string, string>>, fabric: Fabric = fieldFabric): Fabric {
  return { ...fabric, neighbours: { at: (port, ip) => macs[`${port} ${ip}`] } };
}

/** The MAC of the workload of the field story. */
function macOfWeb(): string {
  const port = afterPass(objects).intent.vpcs.flatMap(({ subnets }) => subnets.flatMap(({ ports }) => ports));
  return port.find(({ name }) => name === 'web.default')?.mac ?? '';
}

describe('what leads to an address that nobody is known to have', () => {
  const nobodys =
    /, and it is not known which port has the address 192\.168\.0\.100, if any; give 192\.168\.0\.100 to/;

  it.each([
    ['OvnFip', 'service'],
    ['OvnDnatRule', 'ports'],
  ] as const)('is neither ready nor unready, and its gateway answers: %s', (kind, name) => {
    const pass = afterPass(objects, learned({}));
    expect(ready(pass, kind, name)).toMatch(/^Unknown LocationUnknown: centralized: vnode-117-46 answers, /);
    expect(ready(pass, kind, name)).toMatch(nobodys);
    expect(statusOf(pass, kind, name)).toMatchObject({ berth: 'vnode-117-46', ready: undefined });
  });

  it('is ready once a workload has answered the router', () => {
    const pass = afterPass(objects, learned({ [`vpc1-vpc1-subnet1 ${held}`]: macOfWeb() }));
    expect(ready(pass, 'OvnFip', 'service')).toBe('True Programmed: centralized: vnode-117-46 answers');
    expect(ready(pass, 'OvnDnatRule', 'ports')).toBe('True Programmed: centralized: vnode-117-46 answers');
  });

  it('is as before once who had it is gone: a router goes on knowing the MAC', () => {
    const pass = afterPass(objects, learned({ [`vpc1-vpc1-subnet1 ${held}`]: '02:00:00:00:00:99' }));
    expect(ready(pass, 'OvnFip', 'service')).toMatch(nobodys);
  });

  it('waits for the port of the workload that has it', () => {
    const { claims } = fieldFabric;
    const unclaimed = new Map([...claims].filter(([port]) => port !== 'web.default'));
    const known = { [`vpc1-vpc1-subnet1 ${held}`]: macOfWeb() };
    const pass = afterPass(objects, learned(known, { ...fieldFabric, claims: unclaimed }));
    expect(ready(pass, 'OvnFip', 'service')).toMatch(
      /^False Pending: .* no chassis has claimed port web\.default/,
    );
  });

  it('is not judged where nobody read what routers learned', () => {
    expect(ready(afterPass(objects), 'OvnFip', 'service')).toMatch(/^True Programmed/);
  });
});

it('an address of a workload is not asked for, whether or not its port is named', () => {
  const bare = fip('bare', { ovnEip: 'service', vpc: 'vpc1', v4Ip: '192.168.0.4', type: 'centralized' });
  const own = objects.filter(({ kind, metadata }) => kind !== 'OvnFip' || metadata.name === 'other');
  const pass = afterPass([...own, bare], learned({}));
  expect(ready(pass, 'OvnFip', 'bare')).toMatch(/^True Programmed/);
});
