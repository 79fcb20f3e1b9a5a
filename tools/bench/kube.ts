// node --conditions=berth-source tools/bench/kube.ts [COUNT]
// Floating IPs through a real API server and a real NB: how many writes and transactions they take, and how long.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectOvn, Fence, loop, type PassResult } from '@berth/engine';
import { requireKubePrograms, startOwnKubeServer } from '@berth/lab';
import { controllerGrants, openKubeSource } from '@berth/source/kube';
import { startBench } from '../../packages/engine/src/testing/bench.ts';

const count = Number(process.argv[2] ?? 1_000);
const user = 'berth-controller';
const lease = { namespace: 'kube-system', name: 'berth-controller' };
const example = join(import.meta.dirname, '../../examples/01-field-story');
const kubeOvn = '/apis/kubeovn.io/v1';

const base = [
  manifest('provider-networks', 'ProviderNetwork', 'external0', { defaultInterface: 'eth1' }),
  manifest('vlans', 'Vlan', 'external0', { id: 0, provider: 'external0' }),
  manifest('subnets', 'Subnet', 'external0', {
    ...{ protocol: 'IPv4', cidrBlock: '10.64.0.0/12', gateway: '10.64.0.1', vlan: 'external0' },
  }),
  manifest('vpcs', 'Vpc', 'vpc1', { enableExternal: true, extraExternalSubnets: ['external0'] }),
  manifest('subnets', 'Subnet', 'vpc1-subnet1', {
    ...{ vpc: 'vpc1', protocol: 'IPv4', cidrBlock: '172.16.0.0/12', gateway: '172.16.0.1' },
  }),
];

function manifest(plural: string, kind: string, name: string, spec: object) {
  const object = { apiVersion: 'kubeovn.io/v1', kind, metadata: { name }, spec };
  return { collection: `${kubeOvn}/${plural}`, object };
}

/** An EIP and a floating IP to a bare address. */
function floatingIp(index: number) {
  const v4Ip = `172.${16 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
  return [
    manifest('ovn-eips', 'OvnEip', `web-${index}`, { externalSubnet: 'external0' }),
    manifest('ovn-fips', 'OvnFip', `web-${index}`, { ovnEip: `web-${index}`, vpc: 'vpc1', v4Ip }),
  ];
}

/** What was done since it was asked last. */
type Tally = { writes: number; events: number; transactions: number; passes: number };

await using kube = await startOwnKubeServer({
  programs: requireKubePrograms(process.env),
  users: [{ name: user, groups: [] }],
  manifests: controllerGrants(user, lease),
});
await using bench = await startBench(example, ['node-1', 'node-2'], 'external0');
await kube.apply(['node-1', 'node-2'].map(node));
await kube.apply(base);

let tally: Tally = { writes: 0, events: 0, transactions: 0, passes: 0 };
let last: PassResult | undefined;

async function controller(identity: string) {
  const stop = new AbortController();
  const source = await openKubeSource(
    {
      kubeconfig: kube.kubeconfig(user),
      lease: { ...lease, identity },
      observe: {
        called: ({ method, path, status }) => {
          if (method === 'GET' || path.includes('/leases')) return;
          if (path.includes('/events')) tally.events += 1;
          else {
            tally.writes += 1;
            if (process.env['DEBUG_CALLS']) console.log(method, path, status);
          }
        },
      },
    },
    stop.signal,
  );
  const ovn = await connectOvn({ nb: bench.nb.remote, sb: bench.sb.remote });
  const { epoch } = await source.list();
  const fence = await Fence.claim(ovn.nb, ovn.northbound, {
    stored: epoch,
    store: (next) => source.storeEpoch(next),
  });
  const running = loop(
    {
      ...{ source, ovn, fence },
      settings: { instance: 'default', defaultExternalSubnet: 'external0' },
      now: () => `${new Date().toISOString().slice(0, 19)}Z`,
    },
    {
      signal: stop.signal,
      onPass: (result) => {
        last = result;
        tally.passes += 1;
        tally.transactions += result.written.transactions;
      },
      onFault: (fault) => console.log(`  a pass failed: ${fault instanceof Error ? fault.message : fault}`),
    },
  );
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await source.close();
      await ovn[Symbol.asyncDispose]();
    },
  };
}

function node(name: string) {
  const labels = { 'ovn.kubernetes.io/external-gw': 'true' };
  return {
    collection: '/api/v1/nodes',
    object: { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } },
  };
}

/** Waits until so many floating IPs have their addresses in status, and nothing is written any more. */
async function settled(wanted: number): Promise<void> {
  for (let before = -1; ; ) {
    const done =
      last?.listing.resources.OvnFip.filter(({ status }) => status?.v4Eip !== undefined).length ?? 0;
    const now = tally.writes + tally.events + tally.passes;
    if (done === wanted && now === before) return;
    before = done === wanted ? now : -1;
    await sleep(500);
  }
}

const seconds = (sinceMs: number): string => `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`;

{
  await using _controller = await controller('first');
  await settled(0);
  tally = { writes: 0, events: 0, transactions: 0, passes: 0 };
  const startMs = performance.now();
  const all = Array.from({ length: count }, (_, index) => floatingIp(index));
  const lanes = Array.from({ length: 8 }, (_, lane) => all.filter((_each, index) => index % 8 === lane));
  await Promise.all(lanes.map((lane) => kube.apply(lane.flat())));
  const createdAfter = seconds(startMs);
  await settled(count);
  console.log(
    `${count} floating IPs with an EIP each: created in ${createdAfter}, all shown after ${seconds(startMs)} (0.5 to 1 s of it waiting for rest)`,
  );
  const per = (number: number): string => (number / count).toFixed(2);
  console.log(
    `per floating IP and EIP: ${per(tally.writes)} API writes, ${per(tally.events)} events; ${tally.transactions} NB transactions in ${tally.passes} passes`,
  );
}
{
  const before = performance.now();
  tally = { writes: 0, events: 0, transactions: 0, passes: 0 };
  last = undefined;
  await using _controller = await controller('second');
  await settled(count);
  console.log(
    `restart with ${count}: at rest after ${seconds(before)}; ${tally.writes} API writes, ${tally.transactions} NB transactions`,
  );
  console.log(
    `resident memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB, this program and two controllers of it`,
  );
  tally = { writes: 0, events: 0, transactions: 0, passes: 0 };
  const churnMs = performance.now();
  const label = (turn: number) => ({
    collection: '/api/v1/nodes',
    object: {
      ...node('node-2').object,
      metadata: { ...node('node-2').object.metadata, annotations: { turn: String(turn) } },
    },
  });
  for (let turn = 0; turn < 500; turn++) await kube.apply([label(turn)]);
  await sleep(500);
  console.log(
    `500 changes of an annotation in ${seconds(churnMs)}: ${tally.writes} API writes, ${tally.transactions} NB transactions, ${tally.passes} passes`,
  );
}
