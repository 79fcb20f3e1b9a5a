import { describe, expect, it } from 'vitest';
import { checkMachine, fullPath } from './preflight.ts';

describe('checkMachine', () => {
  it('names every missing program and package at once', () => {
    try {
      checkMachine('/nowhere');
      expect.unreachable();
    } catch (fault) {
      expect(fault).toMatchObject({
        code: 'lab-programs-missing',
        message: expect.stringMatching(/unshare.*ovs-vswitchd.*ovn-northd/),
        cure: expect.stringMatching(/make setup.*openvswitch-switch/),
      });
    }
  });
});

describe('fullPath', () => {
  it('adds the directories of administrators, once', () => {
    expect(fullPath('/opt/x:/usr/sbin')).toBe(
      '/opt/x:/usr/sbin:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/sbin',
    );
    expect(fullPath(undefined).split(':')).toContain('/usr/sbin');
  });
});
