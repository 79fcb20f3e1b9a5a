import { originKey } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { audit, codes } from '../../testing/audited.ts';
import type { WorldNat } from '../../testing/ovn-world.ts';

const ownSnat: WorldNat = {
  type: 'snat',
  externalIp: '10.100.0.2',
  logicalIp: '192.168.0.0/24',
  externalIds: { [originKey]: 'ovn-snat-rule/out' },
};
const foreignSnat: WorldNat = { ...ownSnat, externalIp: '10.100.0.3', externalIds: {} };

describe('SNAT rows', () => {
  it('finds a network that two SNAT rows translate to different addresses, and no other', () => {
    const [found, ...more] = audit({ nat: [foreignSnat, ownSnat] });
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      code: 'snat-overlap',
      severity: 'error',
      object: { kind: 'OvnSnatRule', name: 'out' },
      related: [{ kind: 'NAT', name: 'vpc1/snat/10.100.0.3' }],
      message: expect.stringMatching(
        /^router vpc1 has 2 SNAT rows for 192\.168\.0\.0\/24, to 10\.100\.0\.2 \(ovn-snat-rule\/out\) and to 10\.100\.0\.3 \(NAT row [-0-9a-f]{36}, not made by Berth\): which of them OVN takes is chance$/,
      ),
      cure: expect.stringMatching(
        /^delete what Berth did not make \(ovn-nbctl remove Logical_Router vpc1 nat [-0-9a-f]{36}\), or ovn-snat-rule\/out from what is asked for$/,
      ),
    });
    expect(found?.rows.length).toBe(2);
    const others: readonly Partial<WorldNat>[] = [
      { type: 'dnat_and_snat', logicalIp: '192.168.0.4', externalIds: { [originKey]: 'ovn-fip/web' } },
      { externalIp: ownSnat.externalIp },
      { logicalIp: '192.168.0.0/25', externalIp: ownSnat.externalIp },
      { logicalIp: '172.16.0.0/25' },
    ];
    for (const each of others) expect(codes({ nat: [{ ...foreignSnat, ...each }, ownSnat] })).toEqual([]);
    const bare = audit({ nat: [foreignSnat, { ...foreignSnat, externalIp: '10.100.0.4' }] });
    expect(bare.map(({ code, cure }) => [code, cure])).toEqual([
      ['snat-overlap', 'delete the rows that are not meant: ovn-nbctl remove Logical_Router vpc1 nat UUID'],
    ]);
  });

  it('finds SNAT rows for networks inside one another of which one is not Berth’s', () => {
    const [found, ...more] = audit({ nat: [{ ...foreignSnat, logicalIp: '192.168.0.4' }, ownSnat] });
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      code: 'snat-overlap',
      severity: 'warning',
      object: { kind: 'OvnSnatRule', name: 'out' },
      related: [{ kind: 'NAT', name: 'vpc1/snat/10.100.0.3' }],
      message: expect.stringMatching(
        /^192\.168\.0\.4 is part of 192\.168\.0\.0\/24 on router vpc1: it leaves as 10\.100\.0\.3 \(NAT row [-0-9a-f]{36}, not made by Berth\), not as 10\.100\.0\.2 \(ovn-snat-rule\/out\)$/,
      ),
    });
    const severities = (...nat: WorldNat[]) => audit({ nat }).map(({ severity }) => severity);
    expect(severities({ ...foreignSnat, logicalIp: '192.168.0.0/25' }, ownSnat)).toEqual(['error']);
    expect(audit({ nat: [{ ...foreignSnat, logicalIp: '192.168.0.0/25' }, ownSnat] })).toMatchObject([
      {
        code: 'snat-overlap',
        message: expect.stringMatching(
          /^10\.100\.0\.2: none of the workloads in 192\.168\.0\.0\/24 leaves by it: /,
        ),
        cure: expect.stringMatching(
          /^delete what Berth did not make \(ovn-nbctl remove .*\), or ovn-snat-rule\/out$/,
        ),
      },
    ]);
    expect(severities({ ...foreignSnat, logicalIp: '192.168.0.0/16' }, ownSnat)).toEqual(['info']);
    expect(
      severities({ ...ownSnat, externalIp: '10.100.0.3', logicalIp: '192.168.0.0/25' }, ownSnat),
    ).toEqual([]);
    expect(
      severities({ ...foreignSnat, externalIp: '10.100.0.2', logicalIp: '192.168.0.0/25' }, foreignSnat),
    ).toEqual([]);
  });

  it('finds a floating IP that is not Berth’s inside the network of an SNAT row that is', () => {
    const floating: WorldNat = { ...foreignSnat, type: 'dnat_and_snat', logicalIp: '192.168.0.4' };
    const about = audit({ nat: [floating, ownSnat] }).filter(({ code }) => code === 'snat-overlap');
    expect(about).toMatchObject([
      {
        severity: 'warning',
        object: { kind: 'OvnSnatRule', name: 'out' },
        related: [{ kind: 'NAT', name: 'vpc1/dnat_and_snat/10.100.0.3' }],
        message: expect.stringMatching(
          /^192\.168\.0\.4 is part of 192\.168\.0\.0\/24 on router vpc1: it leaves as 10\.100\.0\.3 \(NAT row [-0-9a-f]{36}, not made by Berth\), not as/,
        ),
        cure: expect.stringMatching(/^delete what Berth did not make \(ovn-nbctl remove .*, unless that is/),
      },
    ]);
  });

  it('says nothing of an SNAT row for an address that leaves by a floating IP', () => {
    const host: WorldNat = { ...foreignSnat, logicalIp: '192.168.0.4' };
    const own = { externalIds: { [originKey]: 'ovn-fip/web' } };
    const floating: WorldNat = { ...host, type: 'dnat_and_snat', externalIp: '10.100.0.9', ...own };
    const about = (...nat: WorldNat[]) => audit({ nat }).filter(({ code }) => code === 'snat-overlap');
    expect(about(floating, host, ownSnat)).toEqual([]);
    expect(about(floating, host, { ...ownSnat, logicalIp: '192.168.0.4' })).toEqual([]);
    expect(about({ ...floating, logicalIp: '192.168.0.5' }, host, ownSnat)).toHaveLength(1);
  });
});
