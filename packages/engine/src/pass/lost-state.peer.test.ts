import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fabricOf } from '@berth/core';
import { expect, test } from 'vitest';
import { type Bench, openController, startBench } from '../testing/bench.ts';
import { type PassResult, pass } from './pass.ts';
import { planOf } from './plan-of.ts';
import { preview } from './prepare.ts';

const examples = new URL('../../../../examples/', import.meta.url).pathname;

/** Has the lowest address of its network for a while, so that what others have is not what they would be given anew. */
const passing = `apiVersion: kubeovn.io/v1
kind: OvnEip
metadata: {name: aaa}
spec: {externalSubnet: external0, type: nat}
---
apiVersion: kubeovn.io/v1
kind: IP
metadata: {name: aaa}
spec: {subnet: vpc1-subnet1}
`;

/** Objects that name no address and no node: beside those of the example. */
const nameless = `apiVersion: v1
kind: Pod
metadata:
  name: nameless
  namespace: default
  annotations: {ovn.kubernetes.io/logical_switch: vpc1-subnet1}
spec:
  containers: [{name: nameless, image: registry.k8s.io/pause}]
---
apiVersion: kubeovn.io/v1
kind: OvnEip
metadata: {name: nameless}
spec: {externalSubnet: external0, type: nat}
---
apiVersion: kubeovn.io/v1
kind: OvnFip
metadata: {name: nameless}
spec: {ovnEip: nameless, ipName: nameless.default}
`;

/** What a controller does in a few passes; the addresses that it has stored then. */
async function settled(bench: Bench, look?: (first: PassResult) => void): Promise<readonly string[]> {
  await using controller = await openController(bench);
  look?.(await pass(controller));
  for (let round = 0; round < 4; round++) await pass(controller);
  const { resources } = await controller.source.list();
  return [
    ...resources.OvnEip.map(
      ({ metadata, status }) => `${metadata.name} ${status?.v4Ip} ${status?.macAddress}`,
    ),
    ...resources.IP.map(({ metadata, spec }) => `${metadata.name} ${spec.ipAddress} ${spec.nodeName}`),
  ].sort();
}

test.each(['01-field-story', '03-dnat-pod', '04-shared-eip', '07-vip', '11-clean-up'])(
  'a state that is lost changes nothing in NB: %s',
  async (example) => {
    const nodes =
      example === '01-field-story'
        ? ['vnode-103-176', 'vnode-103-177', 'vnode-117-46']
        : ['node-1', 'node-2', 'node-3'];
    await using bench = await startBench(join(examples, example), nodes, 'external0');
    await writeFile(join(bench.folder, 'aaa.yaml'), passing);
    await settled(bench);
    await writeFile(join(bench.folder, 'nameless.yaml'), nameless);
    await settled(bench);
    await rm(join(bench.folder, 'aaa.yaml'));
    const before = await settled(bench);
    expect(before.join('\n')).toContain('nameless.default');
    await rm(bench.stateFolder, { recursive: true });
    {
      await using controller = await openController(bench);
      const { ovn, source, settings } = controller;
      const fabric = fabricOf(ovn.northbound.snapshot(), ovn.southbound.snapshot());
      const { result } = await preview(source, fabric, settings);
      expect(planOf(ovn, result.intent, settings).changes).toEqual([]);
    }
    await rm(bench.stateFolder, { recursive: true });
    const after = await settled(bench, ({ plan, written }) => {
      expect(plan.changes).toEqual([]);
      expect(written).toMatchObject({ transactions: 0, changes: 0 });
    });
    expect(after).toEqual(before);
  },
);
