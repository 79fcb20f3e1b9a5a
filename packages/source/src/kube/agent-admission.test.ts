import { expect, test } from 'vitest';
import { agentAdmission } from './agent-admission.ts';
import { agentRules, controllerRules, readerRules } from './rules.ts';

const rightsTo = (plural: string, rules: ReturnType<typeof agentRules>) =>
  rules.filter(({ resources }) => resources.includes(plural)).flatMap(({ verbs }) => verbs);

test('an agent writes reports and reads orders, the controller the other way round, and a reader reads', () => {
  expect(rightsTo('nodereports', agentRules())).toEqual(['get', 'create', 'patch']);
  expect(rightsTo('nodeorders', agentRules())).toEqual(['get', 'list', 'watch']);
  expect(rightsTo('nodereports', controllerRules())).toEqual(['list', 'watch']);
  expect(rightsTo('nodeorders', controllerRules())).toEqual(['list', 'watch', 'create', 'patch', 'delete']);
  expect(rightsTo('nodereports', readerRules())).toEqual(['list', 'watch']);
});

test('an agent may write nothing else, and never reads pods or secrets', () => {
  const writing = agentRules().filter(({ verbs }) =>
    verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)),
  );
  expect(writing.map(({ resources }) => resources)).toEqual([['nodereports']]);
  expect(agentRules().flatMap(({ apiGroups, resources }) => (apiGroups[0] === '' ? resources : []))).toEqual([
    'nodes',
  ]);
});

test('the binding names its policy, which fails closed', () => {
  const [policy, binding] = agentAdmission({ userPrefix: 'agent:' }).map(({ object }) => object);
  expect(policy).toMatchObject({ kind: 'ValidatingAdmissionPolicy', spec: { failurePolicy: 'Fail' } });
  expect(binding).toMatchObject({
    spec: { policyName: policy?.metadata.name, validationActions: ['Deny'] },
  });
});
