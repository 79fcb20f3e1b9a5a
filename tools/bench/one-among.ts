import { parseResource, type Resource, type ResourceSet, resourceSetOf } from '@berth/api';
import { compiledTables, type ResourceWrite, withWrites } from '@berth/core';
import { type Fence, memoryOf, NodeWatch, type Ovn, type PassInput, pass } from '@berth/engine';
import { nbSchema, sbSchema } from '@berth/ovn';
import { emptySnapshot, type Operation, type Snapshot, snapshotOf, type Uuid } from '@berth/ovsdb/value';
import type { Source } from '@berth/source';
import { memoryBoard } from '../../packages/engine/src/testing/memory-board.ts';
import { verdict } from './contest.ts';
import { carriedOut, now, settings } from './network.ts';

const size = 10_000;
const changes = 40;
const goalMs = 100;

/** What one floating IP took of the processor until its row was written, and until nothing was left to do. */
type Took = { readonly commitMs: number; readonly restMs: number; readonly passes: number };

/**
 * P7: floating IPs of one VPC, made one after the other among ten thousand: what the passes over each compute. Cluster and OVN are in memory
 * and answer at once; what they compute, and what others do on the machine, does not count.
 */
export async function* benchOneAmong(): AsyncGenerator<string> {
  const took = await madeAmong(size, changes);
  const alone = await madeAmong(0, 5 * changes);
  const times = (of: (each: Took) => number): readonly number[] => took.map(of).toSorted((a, b) => a - b);
  yield `P7 one floating IP made among ${size} of one VPC, computed in ${took[0]?.passes} passes (p50, p99, maximum; ${changes} times)`;
  yield line(
    'until its row is written',
    times(({ commitMs }) => commitMs),
  );
  yield line(
    'until all is told and nothing is left',
    times(({ restMs }) => restMs),
  );
  // The clock of a thread's work ticks every few ms, so that only a sum of many tells the time of a small one.
  const mean = (of: readonly Took[]): number =>
    of.reduce((sum, { commitMs }) => sum + commitMs, 0) / of.length;
  const growth = mean(took) / mean(alone);
  yield `${`P7 until its row is written, mean, among ${size} / one by one from the first`.padEnd(84)}${growth.toFixed(1)}`;
  const each = times(({ restMs, passes }) => restMs / passes);
  yield verdict(`P7 a pass over ${size} and one, p50 in ms`, at(each, 0.5), goalMs);
}

/** What each took of some that are made one after the other among so many. */
async function madeAmong(many: number, turns: number): Promise<readonly Took[]> {
  const field = new Field(many);
  await field.rest();
  const took: Took[] = [];
  for (let turn = 0; turn < turns; turn++) took.push(await field.make(many + turn));
  return took;
}

/** A cluster and an OVN in memory, with a controller that has made no pass yet. */
class Field {
  #resources: ResourceSet;
  #nb: Snapshot = emptySnapshot(nbSchema, [...compiledTables, 'NB_Global']);
  #isChanged = true;
  #committedMs = 0;
  #uids = 0;
  /** What cluster and OVN took of the processor. */
  #othersMs = 0;
  readonly #input: PassInput;

  constructor(floatingIps: number) {
    const pairs = Array.from({ length: floatingIps }, (_, place) => pairOf(place));
    this.#resources = resourceSetOf([...network(), ...pairs.flat()]);
    const sb = southbound();
    const source: Pick<Source, 'list' | 'store' | 'tell'> = {
      list: async () => ({ resources: this.#resources, findings: [], epoch: 1, locate: () => undefined }),
      store: async (writes) => this.#apart(() => this.#store(writes)),
      tell: async () => undefined,
    };
    const fence: Pick<Fence, 'epoch' | 'keep' | 'transact' | 'transactSouth'> = {
      epoch: 1,
      keep: async () => undefined,
      transact: async (operations) => this.#apart(() => this.#transact(operations)),
      transactSouth: async () => undefined,
    };
    const ovn = { northbound: { snapshot: () => this.#nb }, southbound: { snapshot: () => sb } };
    const nodes = new NodeWatch(memoryBoard(), () => 0);
    const parts = { source, fence, ovn } as { source: Source; fence: Fence; ovn: Ovn };
    this.#input = { ...parts, settings, nodes, now: () => now, memory: memoryOf(settings) };
  }

  /** Makes one more, and passes until nothing is left to do. */
  make(place: number): Promise<Took> {
    this.#store(pairOf(place).map((object) => ({ verb: 'upsert', object })));
    return this.rest();
  }

  async rest(): Promise<Took> {
    const startMs = this.#computedMs();
    let passes = 0;
    for (; this.#isChanged; passes++) {
      this.#isChanged = false;
      await pass(this.#input);
    }
    return { restMs: this.#computedMs() - startMs, commitMs: this.#committedMs - startMs, passes };
  }

  #computedMs(): number {
    return computedMs() - this.#othersMs;
  }

  #apart(work: () => void): void {
    const startMs = computedMs();
    work();
    this.#othersMs += computedMs() - startMs;
  }

  /** As a cluster does; each kind that changed is listed in order again. */
  #store(writes: readonly ResourceWrite[]): void {
    const stored = withWrites(
      this.#resources,
      writes.map(({ verb, object }) => ({ verb, object: this.#withUid(object) })),
    );
    const changed = new Set(writes.map(({ object }) => object.kind));
    const sorted = [...changed].map((kind) => [kind, resourceSetOf(stored[kind])[kind]] as const);
    this.#resources = { ...stored, ...Object.fromEntries(sorted) };
    this.#isChanged = true;
  }

  #withUid(object: Resource): Resource {
    if (object.metadata.uid !== undefined) return object;
    this.#uids += 1;
    const { kind, metadata, ...rest } = object;
    return { ...rest, kind, metadata: { ...metadata, uid: `made-${this.#uids}` } } as Resource;
  }

  #transact(operations: readonly Operation[]): void {
    this.#committedMs = this.#computedMs();
    this.#nb = carriedOut(this.#nb, operations);
    this.#isChanged = true;
  }
}

/** What this thread has computed so far, in ms. */
function computedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function southbound(): Snapshot {
  const claimant = '00000000-0000-4000-8000-000000000001' as Uuid;
  return snapshotOf(sbSchema, {
    Chassis: [
      {
        ...{ _uuid: claimant, name: 'chassis-node-1', hostname: 'node-1' },
        other_config: new Map([['ovn-bridge-mappings', 'external:br-external']]),
      },
    ],
    ...{ Chassis_Private: [], MAC_Binding: [], SB_Global: [] },
    Port_Binding: [{ logical_port: 'cr-vpc-external', type: 'chassisredirect', chassis: claimant }],
  });
}

function network(): readonly Resource[] {
  return [
    objectOf('Node', 'node-1', {}, { labels: { 'ovn.kubernetes.io/external-gw': 'true' } }),
    objectOf('ProviderNetwork', 'external', { defaultInterface: 'eth1' }),
    objectOf('Vlan', 'external', { provider: 'external' }),
    objectOf('Subnet', 'external', {
      vlan: 'external',
      cidrBlock: '10.64.0.0/12',
      gateway: '10.64.0.1',
    }),
    objectOf('Vpc', 'vpc', { enableExternal: true }),
    objectOf('Subnet', 'inside', { vpc: 'vpc', cidrBlock: '172.16.0.0/12', gateway: '172.16.0.1' }),
  ];
}

/** An EIP and the floating IP that uses it, as a user writes them. */
function pairOf(place: number): readonly Resource[] {
  const name = `web-${place}`;
  // The network and its gateway are nobody's.
  const at = place + 2;
  const v4Ip = `172.${16 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}`;
  return [
    objectOf('OvnEip', name, { externalSubnet: 'external' }),
    objectOf('OvnFip', name, { ovnEip: name, vpc: 'vpc', v4Ip, type: 'centralized' }),
  ];
}

function objectOf(kind: string, name: string, spec: object, extra: object = {}): Resource {
  const apiVersion = kind === 'Node' ? 'v1' : 'kubeovn.io/v1';
  const metadata = { name, uid: `uid-${kind}-${name}`, creationTimestamp: now, ...extra };
  const parsed = parseResource({ apiVersion, kind, metadata, spec });
  if (parsed.ok) return parsed.resource;
  throw new Error(parsed.problems.map(({ message }) => message).join());
}

function at(sorted: readonly number[], part: number): number {
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}

function line(name: string, sorted: readonly number[]): string {
  const cells = [0.5, 0.99, 1].map((part) => `${at(sorted, part).toFixed(0)} ms`.padStart(12));
  return `  ${name.padEnd(56)}${cells.join('')}`;
}

if (import.meta.main) for await (const text of benchOneAmong()) console.log(text);
