import { apply } from '../command/apply.ts';
import { demo } from '../command/demo.ts';
import { explain } from '../command/explain.ts';
import { get } from '../command/get.ts';
import { lab } from '../command/lab.ts';
import { lint } from '../command/lint.ts';
import { plan } from '../command/plan.ts';
import { probe } from '../command/probe.ts';
import { run } from '../command/run.ts';
import { status } from '../command/status.ts';
import { version } from '../command/version.ts';
import { berthVersion } from '../context/berth-version.ts';
import type { CommandGroup } from './spec.ts';

/** The whole command line, in the order of its help. */
export const program: CommandGroup & { readonly version: string } = {
  name: 'berth',
  version: berthVersion,
  summary: 'Floating IPs on OVN whose gateway behaviour you can choose, predict and prove',
  description: `Floating IPs on OVN whose gateway behaviour you can choose, predict and prove.

See it with packets:    berth demo
Try it yourself:        berth lab up --nodes vnode-103-176,vnode-103-177,vnode-117-46
                        berth run -f examples/01-field-story`,
  commands: [demo, lab, lint, plan, apply, run, get, status, probe, explain, version],
};
