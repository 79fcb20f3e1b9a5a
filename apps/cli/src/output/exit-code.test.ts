import { EngineFault } from '@berth/engine';
import { LabFault } from '@berth/lab';
import { NodeFault } from '@berth/node';
import { OvsdbFault } from '@berth/ovsdb';
import { SourceFault } from '@berth/source';
import { expect, test } from 'vitest';
import { CliFault } from '../context/cli-fault.ts';
import { exitCodeOf } from './exit-code.ts';
import { faultLine } from './fault-line.ts';
import { styleOf } from './style.ts';

test.each([
  [new CliFault('usage', 'x'), 64],
  [new CliFault('bad-input', 'x'), 65],
  [new CliFault('not-found', 'x'), 1],
  [new CliFault('interrupted', 'x'), 130],
  [new SourceFault('folder-missing', 'x'), 65],
  [new SourceFault('move-refused', 'x'), 65],
  [new SourceFault('state-locked', 'x'), 2],
  [new EngineFault('fenced', 'x'), 2],
  [new EngineFault('not-ovn', 'x'), 2],
  [new OvsdbFault('connect-failed', 'x'), 2],
  [new OvsdbFault('bad-remote', 'x'), 64],
  [new LabFault('lab-not-found', 'x', 'y'), 2],
  [new NodeFault('gateway-kept', 'x'), 2],
  [new NodeFault('interface-taken', 'x'), 2],
  [new LabFault('lab-usage', 'x', 'y'), 64],
  [new DOMException('x', 'AbortError'), 130],
  [new TypeError('x'), 70],
  ['x', 70],
])('%s ends with %i', (fault, exitCode) => {
  expect(exitCodeOf(fault)).toBe(exitCode);
});

test('a fault is one line with its cure, and no stack', () => {
  const fault = new LabFault('lab-not-found', 'no lab\nis running', 'start one with: berth lab up');
  expect(faultLine(fault, styleOf(false), false)).toBe(
    'error: no lab; is running: start one with: berth lab up\n',
  );
});

test('with -v it also says where it comes from', () => {
  const fault = new CliFault('cannot-tell', 'x', 'y', { cause: new Error('the root of it') });
  expect(faultLine(fault, styleOf(false), true)).toMatch(
    /^error: x: y\n[\s\S]* at [\s\S]*caused by: .*the root of it/,
  );
});

test('a fault of ours asks to be reported', () => {
  expect(faultLine(new TypeError('x is not a function'), styleOf(false), false)).toContain(
    'please report it',
  );
});
