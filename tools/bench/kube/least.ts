import { type Database, openDatabase } from '@berth/ovsdb';
import type { Api } from '../../../packages/source/src/kube/api/api.ts';
import { objectIn, textIn } from '../../../packages/source/src/kube/api/json.ts';
import { type Field, kubeOvn } from './field.ts';

/**
 * The least that a controller can do for a floating IP before its row may be there: hear of it, store the EIP's address and
 * a mark on both objects, and send one transaction. It thinks of nothing, and knows one floating IP at a time. What it
 * makes is gone when it is disposed of.
 */
export async function startLeast({ api, bench }: Field): Promise<AsyncDisposable> {
  const nb = await openDatabase({ remotes: [bench.nb.remote], database: 'OVN_Northbound' });
  await nb.transact([{ op: 'insert', table: 'Logical_Router', row: { name: 'least' } }]);
  const stop = new AbortController();
  const path = `${kubeOvn}/ovn-fips`;
  const listed = objectIn(await api.call({ method: 'GET', path, query: { limit: '1' } }), 'metadata');
  const query = { watch: '1', resourceVersion: textIn(listed, 'resourceVersion'), timeoutSeconds: '3600' };
  const events = await api.watch({ path, query, signal: stop.signal });
  const serve = async (): Promise<void> => {
    for await (const { type, object } of events) {
      if (type === 'ADDED') await program(api, nb, objectIn({ object }, 'object'));
    }
  };
  const serving = serve().catch((fault: unknown) => {
    if (!stop.signal.aborted) throw fault;
  });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await serving;
      for (const plural of ['ovn-fips', 'ovn-eips']) {
        await api.call({ method: 'DELETE', path: `${kubeOvn}/${plural}` });
      }
      await nb.transact([{ op: 'delete', table: 'Logical_Router', where: [['name', '==', 'least']] }]);
      await nb.close();
    },
  };
}

async function program(api: Api, nb: Database, fip: object): Promise<void> {
  const name = textIn(objectIn(fip, 'metadata'), 'name') ?? '';
  const inside = textIn(objectIn(fip, 'spec'), 'v4Ip') ?? '';
  const address = { v4Ip: inside.replace(/^172\.16/, '10.64'), macAddress: '02:00:00:00:00:01' };
  await Promise.all([store(api, 'OvnFip', name, {}), store(api, 'OvnEip', name, { spec: address })]);
  await nb.transact([
    {
      op: 'insert',
      table: 'NAT',
      uuidName: 'nat',
      row: { type: 'dnat_and_snat', external_ip: address.v4Ip, logical_ip: inside },
    },
    {
      op: 'mutate',
      table: 'Logical_Router',
      where: [['name', '==', 'least']],
      mutations: [['nat', 'insert', new Set(['nat'])]],
    },
  ]);
}

/** One server-side apply. A mark stands for the finalizer, so that nobody is needed to let go of it. */
function store(api: Api, kind: 'OvnFip' | 'OvnEip', name: string, content: object): Promise<unknown> {
  const plural = kind === 'OvnFip' ? 'ovn-fips' : 'ovn-eips';
  const metadata = { name, annotations: { 'berth.dev/held': 'least' } };
  return api.call({
    method: 'PATCH',
    path: `${kubeOvn}/${plural}/${name}`,
    query: { fieldManager: 'least', force: 'true' },
    patch: 'apply',
    body: { apiVersion: 'kubeovn.io/v1', kind, metadata, ...content },
  });
}
