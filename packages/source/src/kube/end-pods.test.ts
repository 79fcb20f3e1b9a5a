import type { Pod } from '@berth/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endPods } from './end-pods.ts';
import { type FakeAnswer, type FakeApi, startFakeApi } from './testing/fake-api.ts';

let api: FakeApi;
let asked: string[];
beforeEach(async () => {
  api = await startFakeApi();
  asked = [];
});
afterEach(() => api[Symbol.asyncDispose]());

function pod(name: string): Pod {
  const meta = { generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] };
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', spec: {} },
    metadata: { name, namespace: 'shop', uid: `u-${name}`, ...meta },
  };
}

/** Answers each pod by its name. */
function answer(answers: Readonly<Record<string, FakeAnswer>>): void {
  api.respond = ({ method, path }) => {
    asked.push(`${method} ${path}`);
    return answers[path.split('/').at(-1) ?? ''];
  };
}

const status = (code: number, reason: string): FakeAnswer => ({
  status: code,
  body: { kind: 'Status', code, reason, message: `pods are ${reason}` },
});

test('each pod is let go, and one that is gone or made anew is left alone', async () => {
  answer({
    gone: status(404, 'NotFound'),
    anew: status(409, 'Conflict'),
    cart: { body: { kind: 'Pod' } },
  });
  await endPods({ kubeconfig: api.kubeconfig }, [pod('gone'), pod('anew'), pod('cart')]);
  expect(asked).toEqual(
    ['gone', 'anew', 'cart'].map((name) => `DELETE /api/v1/namespaces/shop/pods/${name}`),
  );
});

test('what the cluster refuses is a fault that says of which pod', async () => {
  answer({ cart: status(403, 'Forbidden') });
  await expect(endPods({ kubeconfig: api.kubeconfig }, [pod('cart')])).rejects.toThrow(
    'the pod shop/cart is not let go',
  );
});
