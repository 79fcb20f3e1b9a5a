import { request } from 'node:https';
import { LabFault } from '../fault.ts';

/** How the helper itself reaches a lab's API server. */
export type Caller = { readonly url: string; readonly ca: string; readonly token: string };

/** An answer of the API server. */
export type Called = { readonly status: number; readonly body: string };

/** One call. Throws the error of the connection. */
export function call(
  { url, ca, token }: Caller,
  method: string,
  path: string,
  body?: string,
): Promise<Called> {
  const type = method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json';
  const headers = { authorization: `Bearer ${token}`, 'content-type': type };
  const { promise, resolve, reject } = Promise.withResolvers<Called>();
  const sent = request(`${url}${path}`, { method, ca, headers, agent: false, timeout: 60_000 }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
    answer.on('error', reject);
  });
  sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

/** Something to be created on a lab's API server, with the path of its collection. */
export type Manifest = {
  readonly collection: string;
  readonly object: { readonly metadata: { readonly name: string } };
};

/** Applies objects by server-side apply, one after the other. Throws {@link LabFault} when one is refused. */
export async function applyManifests(caller: Caller, manifests: readonly Manifest[]): Promise<void> {
  for (const { collection, object } of manifests) {
    const path = `${collection}/${object.metadata.name}?fieldManager=berth-lab&force=true`;
    const { status, body } = await call(caller, 'PATCH', path, JSON.stringify(object));
    if (status < 300) continue;
    throw new LabFault(
      'lab-start-failed',
      `the API server refused ${object.metadata.name}: ${status} ${body}`,
      'this is a fault of the lab, please report it',
    );
  }
}
