import { expect, test } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import { parseFailures } from '../fabric/failure.ts';
import { dataPlaneOf } from '../testing/data-plane.ts';
import { resolveFailures } from './resolve.ts';

const plain = dataPlaneOf({
  nodes: ['id-1', 'id-2', 'id-3'],
  gateways: ['id-1'],
  ports: { 'web.default': 'id-2' },
});

/** Chassis id-1 and id-2 are called alpha and beta, id-3 beta too; Kubernetes calls id-1 master. */
const fabric: Fabric = {
  ...plain,
  chassis: new Map(
    [...plain.chassis].map(([name, chassis]) => [
      name,
      { ...chassis, hostname: name === 'id-1' ? 'alpha' : 'beta' },
    ]),
  ),
  ...(plain.dataPlane && {
    dataPlane: { ...plain.dataPlane, reports: [{ node: 'master', chassis: 'id-1' }] },
  }),
};

function resolved(text: string) {
  const parsed = parseFailures(text, ['id-1', 'id-2', 'alpha', 'master']);
  if (parsed.kind === 'invalid') throw new Error(parsed.error.message);
  return resolveFailures(parsed.sets, fabric);
}

test.each([
  ['host:id-1', 'host:id-1'],
  ['host:alpha', 'host:id-1'],
  ['host:master', 'host:id-1'],
  ['tunnel:master-id-2', 'tunnel:id-1-id-2'],
  ['uplink:alpha/physical', 'uplink:id-1/physical'],
  ['northd;pod:default/web', 'northd;pod:default/web'],
])('%s stands for %s', (text, wanted) => {
  expect(resolved(text)).toEqual({ kind: 'resolved', sets: setsOf(wanted) });
});

test.each([
  ['host:gamma', 'there is no node gamma', 'one of id-2, id-3, master'],
  ['host:alphq', 'there is no node alphq', 'one of alpha, id-2, id-3'],
  ['host:beta', 'several chassis are called beta', 'a system-id: id-2, id-3'],
  ['uplink:alpha/physicl', 'there is no external network physicl', 'physical'],
  ['upstream:nowhere', 'there is no external network nowhere', 'physical'],
  ['pod:default/wep', 'there is no pod default/wep', 'pod:default/web'],
  ['tunnel:id-1-id-2,host:nobody', 'there is no node nobody', 'one of'],
])('%s: %s', (text, message, expected) => {
  const answer = resolved(text);
  expect(answer).toMatchObject({ kind: 'invalid', error: { message } });
  expect(answer.kind === 'invalid' && answer.error.expected).toContain(expected);
});

function setsOf(text: string) {
  const parsed = parseFailures(text, ['id-1', 'id-2']);
  return parsed.kind === 'parsed' ? parsed.sets : [];
}
