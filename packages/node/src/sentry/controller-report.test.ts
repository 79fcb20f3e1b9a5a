import { expect, test } from 'vitest';
import { controllerReport } from './controller-report.ts';

const running = { running: true, connected: true };

test.each([
  ['follows SB with flows of its own', running, { areInstalled: true, areFresh: true }, true],
  ['follows SB and has no flows yet', running, { areInstalled: false, areFresh: false }, true],
  [
    'does not follow SB by the flows of its predecessor',
    running,
    { areInstalled: true, areFresh: false },
    false,
  ],
  [
    'says itself that it does not',
    { ...running, connected: false },
    { areInstalled: true, areFresh: true },
    false,
  ],
])('an ovn-controller that is there %s', (_, controller, flows, connected) => {
  const report = { running: true, connected, flowsInstalled: flows.areInstalled };
  expect(controllerReport(controller, flows)).toEqual(report);
});
