import { adopt } from '../command/adopt.ts';
import { apply } from '../command/apply.ts';
import { audit } from '../command/audit.ts';
import { bundle } from '../command/bundle.ts';
import { completion } from '../command/completion.ts';
import { demo } from '../command/demo.ts';
import { drill } from '../command/drill.ts';
import { explain } from '../command/explain.ts';
import { get } from '../command/get.ts';
import { lab } from '../command/lab.ts';
import { lint } from '../command/lint.ts';
import { plan } from '../command/plan.ts';
import { probe } from '../command/probe.ts';
import { rebalance } from '../command/rebalance.ts';
import { run } from '../command/run.ts';
import { status } from '../command/status.ts';
import { version } from '../command/version.ts';
import { whatif } from '../command/whatif.ts';
import { berthVersion } from '../context/berth-version.ts';
import type { CommandGroup, CommandSpec, Example } from './spec.ts';

/** A program: its version, and commands, some of them under a word of their own. */
export type Program = Omit<CommandGroup, 'commands'> & {
  readonly version: string;
  readonly examples: readonly Example[];
  readonly commands: readonly (CommandSpec | CommandGroup)[];
};

/** The whole command line, in the order of its help. */
export const program: Program = {
  name: 'berth',
  version: berthVersion,
  summary: 'Floating IPs on OVN whose gateway behaviour you can choose, predict and prove',
  description: 'Floating IPs on OVN whose gateway behaviour you can choose, predict and prove.',
  examples: [
    { does: 'The field story, proved with packets; cleans up after itself', line: 'berth demo' },
    { does: 'A lab of your own', line: 'berth lab up --nodes vnode-103-176,vnode-103-177,vnode-117-46' },
    { does: 'Program it from a folder of YAML', line: 'berth apply -f examples/01-field-story' },
    { does: 'See whether a floating IP answers, and who', line: 'berth probe fip/web' },
  ],
  commands: [
    demo,
    lab,
    lint,
    plan,
    apply,
    run,
    get,
    status,
    probe,
    explain,
    whatif,
    drill,
    audit,
    rebalance,
    adopt,
    bundle,
    version,
    completion,
  ],
};
