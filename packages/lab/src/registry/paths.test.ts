import { describe, expect, it } from 'vitest';
import { checkSocketPaths, labsDirectory } from './paths.ts';
import { identityOf, isAlive } from './process.ts';

describe('labsDirectory', () => {
  it('is under XDG_RUNTIME_DIR, else /run', () => {
    expect(labsDirectory({ XDG_RUNTIME_DIR: '/tmp/x' }, 1000)).toBe('/tmp/x/berth/labs');
    expect(labsDirectory({ XDG_RUNTIME_DIR: '' }, 0)).toBe('/run/berth/labs');
    expect(labsDirectory({}, 0)).toBe('/run/berth/labs');
  });
});

describe('checkSocketPaths', () => {
  it('takes paths of up to 107 bytes and says by how much others are too long', () => {
    const directory = '/run/user/1000/berth/labs/demo';
    const rest = 107 - `${directory}/nodes//ovn-controller.4194304.ctl`.length;
    expect(() => checkSocketPaths(directory, ['n'.repeat(rest)])).not.toThrow();
    try {
      checkSocketPaths(directory, ['a', 'n'.repeat(rest + 3)]);
      expect.unreachable();
    } catch (fault) {
      expect(fault).toMatchObject({ code: 'lab-path-too-long', cure: expect.stringContaining('by 3 bytes') });
    }
  });
});

describe('a process', () => {
  it('is itself, and not another with its number', () => {
    const self = identityOf(process.pid);
    expect(self !== undefined && isAlive(self)).toBe(true);
    expect(isAlive({ pid: process.pid, startTime: '1' })).toBe(false);
    expect(identityOf(4_194_305)).toBeUndefined();
  });
});
