import { expect, test } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../../../../packages/core/src/testing/field-story.ts';
import { emptyNb } from '../../../../packages/core/src/testing/program.ts';
import { settle } from '../../../../packages/core/src/testing/settle.ts';
import { askedOf } from './asked.ts';
import { controllerUnknown } from './controller-state.ts';
import { settingsOf } from './session.ts';

const { resources } = settle(fieldStoryWith(), fieldFabric);

/** What is said to do about a floating IP that NB lacks. */
function cure(state: Partial<Parameters<typeof askedOf>[0]>): string | undefined {
  const { drift } = askedOf({
    listing: { resources, findings: [], epoch: 0, locate: () => undefined },
    nb: emptyNb,
    fabric: fieldFabric,
    settings: settingsOf({ instance: 'default' }),
    controller: { running: false, stopped: false },
    home: 'folder',
    ...state,
  });
  return drift.findings.find(({ object }) => object?.kind === 'OvnFip')?.cure;
}

test('what NB lacks is left to the controller that is at work, is stopped, is not there, or cannot be seen', () => {
  expect(cure({ controller: { running: true, stopped: false } })).toMatch(
    /^the controller comes to it by itself/,
  );
  expect(cure({ controller: { running: true, stopped: true } })).toMatch(/^the controller is stopped/);
  expect(cure({})).toMatch(/^no controller is at work/);
  expect(cure({ controller: controllerUnknown, home: undefined })).toMatch(
    /^whether a controller is at work .* cannot be told from here; where none is: /,
  );
});
