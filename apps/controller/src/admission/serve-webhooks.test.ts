import { request } from 'node:https';
import { emptyResourceSet, parseResource, resourceSetOf } from '@berth/api';
import { finding } from '@berth/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, reviewOf } from './answer.ts';
import { makeCertificate, type OwnCertificate } from './certificate.ts';
import { judgeObject } from './judge-object.ts';
import { judgePod } from './judge-pod.ts';
import { type ServedWebhooks, serveWebhooks } from './serve-webhooks.ts';

/** Longer than any machine takes for this file. */
const validityMs = 86_400_000;

let served: ServedWebhooks;
let own: OwnCertificate;
beforeAll(async () => {
  own = await makeCertificate(['127.0.0.1'], Date.now(), validityMs);
  const judges = new Map([['/objects', (): Answer => ({ kind: 'allowed', warnings: ['w'] })]]);
  served = await serveWebhooks({ host: '127.0.0.1', port: 0 }, judges);
  served.present(own);
});
afterAll(() => served[Symbol.asyncDispose]());

/** One request; status and body. */
function ask(path: string, body: string, ca = own.certificate, method = 'POST') {
  const { promise, resolve, reject } = Promise.withResolvers<{
    readonly status: number;
    readonly text: string;
  }>();
  const sent = request({ host: '127.0.0.1', port: served.port, path, method, ca, agent: false }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    answer.on('close', () => resolve({ status: answer.statusCode ?? 0, text }));
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

const asking = (request: object): string => JSON.stringify({ kind: 'AdmissionReview', request });

describe('a served webhook', () => {
  test('answers a review under its uid', async () => {
    const { status, text } = await ask(
      '/objects?timeout=3s',
      asking({ uid: 'u', operation: 'CREATE', object: {} }),
    );
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'u', allowed: true, warnings: ['w'] },
    });
  });

  test.each([
    ['another path', '/secret', 'POST', asking({}), 404],
    ['another verb', '/objects', 'GET', '', 405],
    ['no review', '/objects', 'POST', '{"kind":"Pod"}', 400],
    ['no JSON', '/objects', 'POST', 'nonsense', 400],
  ])('says what is wrong with %s', async (_, path, method, body, status) => {
    expect((await ask(path, body, own.certificate, method)).status).toBe(status);
  });

  test('takes no more than two objects can be', async () => {
    const status = await ask('/objects', 'x'.repeat(9 * 2 ** 20)).then(
      (answer) => answer.status,
      (error: NodeJS.ErrnoException) => error.code,
    );
    // Whoever goes on writing to a connection that was closed may never see why.
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(status);
  });

  test('presents the last certificate to new connections', async () => {
    const next = await makeCertificate(['127.0.0.1'], Date.now(), validityMs);
    await expect(
      ask('/objects', asking({ uid: 'u', operation: 'CREATE' }), next.certificate),
    ).rejects.toThrow();
    served.present(next);
    expect((await ask('/objects', asking({ uid: 'u', operation: 'CREATE' }), next.certificate)).status).toBe(
      200,
    );
    served.present(own);
  });
});

describe('an answer', () => {
  test('that refuses says what kubectl prints, with a cause for each finding', () => {
    const found = (code: 'in-use' | 'eip-not-granted' | 'bad-value') =>
      finding(code, { object: { kind: 'OvnEip', name: 'e' }, field: 'spec.x', message: 'm', cure: 'c' });
    const statusOf = (...codes: readonly ('in-use' | 'eip-not-granted' | 'bad-value')[]) =>
      reviewOf('u', { kind: 'refused', findings: codes.map(found) });
    expect(statusOf('bad-value', 'in-use')).toMatchObject({
      response: {
        allowed: false,
        status: {
          code: 422,
          message: 'bad-value: ovn-eip/e spec.x: m; c\nin-use: ovn-eip/e spec.x: m; c',
          details: {
            ...{ kind: 'OvnEip', name: 'e' },
            causes: [
              { reason: 'bad-value', field: 'spec.x', message: 'bad-value: m; c' },
              { reason: 'in-use', message: 'in-use: m; c' },
            ],
          },
        },
      },
    });
    expect(statusOf('in-use')).toMatchObject({ response: { status: { code: 409, reason: 'Conflict' } } });
    expect(statusOf('eip-not-granted')).toMatchObject({
      response: { status: { code: 403, reason: 'Forbidden' } },
    });
  });
});

describe('what is let pass', () => {
  test('has a warning where something about it is worth saying', () => {
    const policy = (name: string) => ({
      ...{ apiVersion: 'gateway.berth.dev/v1alpha1', kind: 'GatewayPolicy', metadata: { name } },
      spec: { targetRefs: [{ group: 'kubeovn.io', kind: 'Vpc', name: 'vpc1' }] },
    });
    const asked = (name: string) => ({
      uid: 'u',
      operation: 'CREATE',
      namespace: undefined,
      oldObject: undefined,
      object: policy(name),
    });
    const read = (object: object) => {
      const parsed = parseResource(object);
      return parsed.ok ? [parsed.resource] : [];
    };
    const vpc = { apiVersion: 'kubeovn.io/v1', kind: 'Vpc', metadata: { name: 'vpc1' }, spec: {} };
    const settings = { instance: 'default', defaultExternalSubnet: 'external' };
    const there = resourceSetOf([...read(vpc), ...read(policy('elder'))]);
    expect(judgeObject(asked('younger'), there, settings)).toEqual({
      kind: 'allowed',
      warnings: [
        'policy-conflict: gatewaypolicy/younger spec.targetRefs[0].name: vpc/vpc1 has the older policy gatewaypolicy/elder, which counts; remove vpc/vpc1 from spec.targetRefs of gatewaypolicy/younger, or of gatewaypolicy/elder',
      ],
    });
    expect(judgeObject(asked('only'), resourceSetOf(read(vpc)), settings)).toEqual({ kind: 'allowed' });
  });
});

describe('what cannot be read', () => {
  const settings = { instance: 'default', defaultExternalSubnet: 'external' };
  const eip = (spec: object) => ({
    apiVersion: 'kubeovn.io/v1',
    kind: 'OvnEip',
    metadata: { name: 'e' },
    spec,
  });
  const judged = (operation: string, object?: object, oldObject?: object) =>
    judgeObject(
      { uid: 'u', operation, namespace: undefined, object: object as never, oldObject: oldObject as never },
      emptyResourceSet(),
      settings,
    );

  test('is refused with all that is wrong, but for what was wrong before', () => {
    const bad = eip({ v4Ip: 'x', macAddress: 'y' });
    expect(judged('CREATE', bad)).toMatchObject({
      kind: 'refused',
      findings: [
        { code: 'bad-value', field: 'spec.v4Ip' },
        { code: 'bad-value', field: 'spec.macAddress' },
      ],
    });
    expect(judged('UPDATE', bad, bad)).toEqual({ kind: 'allowed' });
    expect(judged('UPDATE', bad, eip({ v4Ip: 'x' }))).toMatchObject({
      findings: [{ field: 'spec.macAddress' }],
    });
  });

  test('may be deleted, and other questions are let pass', () => {
    expect(judged('DELETE', undefined, eip({ v4Ip: 'x' }))).toEqual({ kind: 'allowed' });
    expect(judged('CONNECT', eip({ v4Ip: 'x' }))).toEqual({ kind: 'allowed' });
    const pod = { uid: 'u', operation: 'CREATE', namespace: 'shop', oldObject: undefined };
    expect(
      judgePod({ ...pod, object: { kind: 'Pod', spec: { nodeSelector: 3 } } }, emptyResourceSet()),
    ).toEqual({ kind: 'allowed' });
    expect(judgePod({ ...pod, object: undefined }, emptyResourceSet())).toEqual({ kind: 'allowed' });
  });
});
