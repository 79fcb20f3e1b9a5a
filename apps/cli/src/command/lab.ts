import type { CommandGroup } from '../tree/spec.ts';
import { labDown } from './lab-down.ts';
import { labExec } from './lab-exec.ts';
import { labFail } from './lab-fail.ts';
import { labHeal } from './lab-heal.ts';
import { labStatus } from './lab-status.ts';
import { labUp } from './lab-up.ts';

export const lab: CommandGroup = {
  name: 'lab',
  summary: 'Run a real multi-node OVN here, and break it',
  description: `Run a real multi-node OVN on this machine, and break it.

Each node has its own network namespace with a real Open vSwitch and ovn-controller; NB, SB and northd run beside them.
A lab is one process tree: when its first process ends, nothing is left. Several labs live side by side by name.`,
  commands: [labUp, labDown, labStatus, labFail, labHeal, labExec],
};
