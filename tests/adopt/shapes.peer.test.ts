import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { AdoptAnswer } from '../../apps/cli/src/schema/adopt.ts';
import { repairIn, startAdoptBench } from './adopt-bench.ts';
import { KubeOvnNb } from './kube-ovn-nb.ts';
import { defaultVpc } from './shape/default-vpc.ts';
import { ecmp } from './shape/ecmp.ts';
import { oldCluster } from './shape/old-cluster.ts';
import { severalVpcs } from './shape/several-vpcs.ts';
import { twoNetworks } from './shape/two-networks.ts';

/** Each effect once. */
function effectsOf(changes: AdoptAnswer['changes']): readonly string[] {
  const flows = changes.flatMap(({ interrupts }) => interrupts?.flows ?? []);
  return [...new Set(flows.map(({ effect }) => effect))].sort();
}

test.each([defaultVpc, twoNetworks, ecmp, oldCluster, severalVpcs])(
  '$name: taken over with nothing moved, once, and given back byte for byte',
  async ({ objects, write, repairs, keeps, lifted = [], undone = [] }) => {
    const made = new KubeOvnNb((node) => `chassis-${node}`);
    write(made);
    await using bench = await startAdoptBench(made.operations(), ['external', 'extra']);
    const folder = path.join(bench.scratch, 'cluster');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'all.yaml'), objects.map((each) => JSON.stringify(each)).join('\n---\n'));
    const before = await bench.contents();

    const shown = bench.answer(folder);
    expect(shown.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(shown.changes.filter(({ interrupts }) => interrupts)).toEqual([]);
    expect(shown.summary).toMatchObject({ delete: 0, update: 0 });
    expect(shown.changes.flatMap(repairIn)).toEqual(repairs);
    const kept = shown.kept.map(({ object, keep }) => [`${object.kind}/${object.name}`, keep] as const);
    expect(Object.fromEntries(kept)).toMatchObject(keeps);
    const onLift = shown.kept.filter(({ object }) => object.kind === 'Vpc').flatMap((each) => each.onLift);
    expect(effectsOf(onLift)).toEqual(lifted);

    expect(bench.answer(folder, '--yes').done).toBe(true);
    const after = await bench.contents();
    expect(Object.keys(before).filter((row) => !(row in after))).toEqual([]);
    expect(bench.answer(folder)).toMatchObject({ changes: [], summary: { adopt: 0 } });

    expect(effectsOf(bench.answer(folder, '--undo').changes)).toEqual(undone);
    expect(bench.answer(folder, '--undo', '--yes').done).toBe(true);
    expect(await bench.contents()).toEqual(before);
  },
);
