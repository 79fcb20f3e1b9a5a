import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { example, startStory } from '../support/field-story.ts';
import { apply, callCounter, get, kubectl } from '../support/kube-bench.ts';
import { openKubeController } from '../support/kube-controller.ts';

const finalizer = 'kubeovn.io/kube-ovn-controller';

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await startStory();
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

/** NAT rows as address, target and whether they are distributed. */
function natRows({ ovn }: Awaited<ReturnType<typeof openKubeController>>) {
  return [...ovn.northbound.snapshot().table('NAT')].map(({ external_ip, logical_ip, logical_port }) =>
    [external_ip, logical_ip, logical_port ?? 'centralized'].join(' '),
  );
}

/** A field manager, and what it owns of the spec. */
function ownership(entry: {
  readonly manager: string;
  readonly subresource?: string;
  readonly fieldsV1: { readonly 'f:spec'?: object };
}): readonly [string, readonly string[]] {
  const { manager, subresource, fieldsV1 } = entry;
  const fields = Object.keys(fieldsV1['f:spec'] ?? {}).sort();
  return [subresource === undefined ? manager : `${manager}/${subresource}`, fields];
}

/** What the condition Ready of the object `web` says. */
async function messageOf(kind: string): Promise<string> {
  const { status } = await get(kube, kind, 'web');
  return status.conditions[0].message;
}

async function eventsOf(name: string): Promise<readonly string[]> {
  const { items } = await get(kube, 'events.v1.events.k8s.io', '-A');
  return items
    .filter(
      ({ regarding }: { regarding: { kind: string; name: string } }) =>
        `${regarding.kind}/${regarding.name}` === name,
    )
    .map(({ reason, note }: { reason: string; note: string }) => `${reason}: ${note}`);
}

describe('the field story by kubectl', () => {
  test('is programmed, and shows it', async () => {
    await kubectl(kube, 'apply', '--server-side', '-f', example);
    await using controller = await openKubeController(kube, bench);
    await controller.settle();
    expect(natRows(controller)).toEqual(['10.9.101.9 192.168.0.4 web.default']);
    const fip = await get(kube, 'ovn-fip', 'web');
    expect(fip.metadata.finalizers).toEqual([finalizer]);
    expect(fip.metadata.labels).toEqual({ 'ovn.kubernetes.io/eip_v4_ip': '10.9.101.9' });
    expect(fip.metadata.annotations).toEqual({ 'ovn.kubernetes.io/vpc_eip': 'web' });
    expect(fip.status).toMatchObject({
      vpc: 'vpc1',
      v4Eip: '10.9.101.9',
      v4Ip: '192.168.0.4',
      placement: 'distributed',
    });
    expect(fip.status.conditions).toEqual([
      expect.objectContaining({
        type: 'Ready',
        reason: 'Pending',
        observedGeneration: fip.metadata.generation,
      }),
    ]);
    const eip = await get(kube, 'ovn-eip', 'web');
    expect(eip.status).toMatchObject({ v4Ip: '10.9.101.9', nat: 'fip', type: 'nat' });
    expect(eip.spec).toMatchObject({ v4Ip: '10.9.101.9', macAddress: eip.status.macAddress });
  });

  test('makes the objects that Kube-OVN makes: a router port’s EIP, a pod’s IP', async () => {
    const port = await get(kube, 'ovn-eip', 'vpc1-external0');
    expect(port.spec).toMatchObject({ type: 'lrp', v4Ip: '10.9.101.10' });
    expect(port.metadata.finalizers).toEqual([finalizer]);
    const ip = await get(kube, 'ip', 'web.default');
    expect(ip.spec).toMatchObject({ podName: 'web', namespace: 'default', v4IpAddress: '192.168.0.4' });
  });

  test('owns what it wrote and nothing else', async () => {
    const eip = JSON.parse(
      await kubectl(kube, 'get', 'ovn-eip', 'web', '-o', 'json', '--show-managed-fields'),
    );
    const owned = Object.fromEntries(eip.metadata.managedFields.map(ownership));
    expect(owned).toEqual({
      kubectl: ['f:externalSubnet', 'f:type', 'f:v4Ip'],
      berth: ['f:macAddress'],
      'berth-status/status': [],
    });
  });

  test('tells of each change of a condition by one event', async () => {
    const events = await eventsOf('OvnFip/web');
    expect(events).toHaveLength(1);
    expect(events[0]).toMatch(/^Pending: /);
    expect(await eventsOf('Subnet/vpc1-subnet1')).toEqual(['Programmed: 192.168.0.0/24 in vpc/vpc1']);
  });

  test('a restart that finds everything right writes nothing but the epoch', async () => {
    const calls = callCounter();
    await using controller = await openKubeController(kube, bench, { observe: calls.observe });
    const { plan, statusWrites, findings } = await controller.pass();
    expect({ changes: plan.changes, statusWrites }).toEqual({ changes: [], statusWrites: 0 });
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(calls.writes().filter((path) => !path.includes('/leases'))).toEqual([]);
  });

  test('what the user changes is followed, and his next apply meets no conflict', async () => {
    await using controller = await openKubeController(kube, bench);
    const text = await readFile(join(example, '05-floating-ip.yaml'), 'utf8');
    await apply(kube, text.replace('ipName: web.default', 'ipName: web.default\n  type: centralized'));
    await controller.until(() => natRows(controller).includes('10.9.101.9 192.168.0.4 centralized'));
    expect((await get(kube, 'ovn-fip', 'web')).status.placement).toBe('centralized');
    await apply(kube, text);
    await controller.until(() => natRows(controller).includes('10.9.101.9 192.168.0.4 web.default'));
    const fip = await get(kube, 'ovn-fip', 'web');
    expect(fip.status.conditions[0].observedGeneration).toBe(fip.metadata.generation);
  });

  test('what is wrong is told on the object, while its last good version stays in effect, also after a restart', async () => {
    const lastGood = async () =>
      (await get(kube, 'ovn-fip', 'web')).metadata.annotations['berth.dev/last-good'];
    {
      await using controller = await openKubeController(kube, bench);
      await controller.settle();
      const wrong = JSON.stringify({ spec: { vpc: 'vpc1', v4Ip: '192.168.0.400' } });
      await kubectl(kube, 'patch', 'ovn-fip', 'web', '--type=merge', '-p', wrong);
      await controller.until(async () => (await messageOf('ovn-fip')).includes('192.168.0.400'));
      expect(natRows(controller)).toEqual(['10.9.101.9 192.168.0.4 web.default']);
    }
    expect(JSON.parse(await lastGood())).toMatchObject({ spec: { ipName: 'web.default' } });
    await using again = await openKubeController(kube, bench);
    const { plan } = await again.settle();
    expect(plan.changes).toEqual([]);
    expect(natRows(again)).toEqual(['10.9.101.9 192.168.0.4 web.default']);
    await kubectl(kube, 'patch', 'ovn-fip', 'web', '--type=merge', '-p', '{"spec":{"vpc":null,"v4Ip":null}}');
    await again.until(async () => !(await messageOf('ovn-fip')).includes('192.168.0.400'));
    await again.settle();
    expect(await lastGood()).toBeUndefined();
  });

  test('an object that was never good says so, and keeps nothing else from working', async () => {
    await using controller = await openKubeController(kube, bench);
    const wrong = {
      apiVersion: 'kubeovn.io/v1',
      kind: 'OvnEip',
      metadata: { name: 'bad' },
      spec: { v4Ip: 'x' },
    };
    await apply(kube, JSON.stringify(wrong));
    await controller.until(async () => {
      const { status } = await get(kube, 'ovn-eip', 'bad');
      return status?.conditions?.[0].reason === 'BadValue';
    });
    const { status } = await get(kube, 'ovn-eip', 'bad');
    expect(status.conditions).toEqual([expect.objectContaining({ type: 'Ready', status: 'False' })]);
    // What to do comes after what is wrong.
    expect(await kubectl(kube, 'describe', 'ovn-eip', 'bad')).toMatch(/Message: .*\bx\b.*; \S+/);
    expect(natRows(controller)).toHaveLength(1);
    await kubectl(kube, 'delete', 'ovn-eip', 'bad', '--timeout=120s');
  });

  test('an EIP in use waits, and says for what; then all of it goes', async () => {
    await using controller = await openKubeController(kube, bench);
    await controller.settle();
    await kubectl(kube, 'delete', 'ovn-eip', 'web', '--wait=false');
    await controller.until(async () => (await messageOf('ovn-eip')).includes('is used by ovn-fip/web'));
    expect(natRows(controller)).toHaveLength(1);
    const { status } = await get(kube, 'ovn-eip', 'web');
    expect(status.conditions[0]).toMatchObject({ status: expect.any(String), reason: 'InUse' });
    const { items } = await get(kube, 'events.v1.events.k8s.io', '-A', '--field-selector=reason=InUse');
    expect(items).toMatchObject([{ type: 'Warning', regarding: { kind: 'OvnEip', name: 'web' } }]);
    await kubectl(kube, 'delete', 'ovn-fip', 'web', '--wait=false');
    await controller.until(async () => (await get(kube, 'ovn-eips,ovn-fips')).items.length === 1);
    expect(natRows(controller)).toEqual([]);
    await kubectl(kube, 'delete', 'pod', 'web', '--force', '--grace-period=0');
    await kubectl(kube, 'delete', '--wait=false', 'vpcs,subnets,vlans,provider-networks', '--all');
    await controller.until(async () => (await get(kube, 'berth')).items.length === 0);
    const left = ['Logical_Router', 'Logical_Switch', 'NAT'] as const;
    const snapshot = controller.ovn.northbound.snapshot();
    expect(left.map((table) => [...snapshot.table(table)].length)).toEqual([0, 0, 0]);
  });
});
