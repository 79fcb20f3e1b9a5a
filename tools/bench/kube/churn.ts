import type { Api } from '../../../packages/source/src/kube/api/api.ts';
import { kubeOvn } from './field.ts';

/** Makes so many changes that are none of Berth's business, on objects that it follows: annotations of other programs. */
export async function churn(api: Api, events: number, floatingIps: readonly string[]): Promise<void> {
  const objects = [
    '/api/v1/nodes/node-2',
    '/api/v1/namespaces/default',
    ...floatingIps.flatMap((name) => [`${kubeOvn}/ovn-fips/${name}`, `${kubeOvn}/ovn-eips/${name}`]),
  ];
  await inLanes(events, (turn) => {
    const body = { metadata: { annotations: { 'example.com/turn': String(turn) } } };
    const path = objects[turn % objects.length] ?? '';
    return api.call({ method: 'PATCH', path, patch: 'merge', body });
  });
}

/** Does something so many times, eight at a time. */
export async function inLanes(times: number, work: (turn: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < times) {
      const turn = next;
      next += 1;
      await work(turn);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}
