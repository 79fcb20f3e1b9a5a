import type { Lab } from '@berth/lab';
import type { Terminal } from '../context/terminal.ts';
import type { Stage } from './stage.ts';

/** Says once who leads, while we wait; on a lab also who plays its nodes meanwhile, as a controller does not. */
export function waitReporter(
  err: Pick<Terminal['err'], 'write'>,
  lab: Pick<Lab, 'name'> | undefined,
  stage: Pick<Stage, 'isPlaying'> | undefined,
): (holder: string) => void {
  let known = '';
  return (holder) => {
    if (holder === known) return;
    known = holder;
    const who = stage?.isPlaying ? 'this one' : 'another berth run';
    const meanwhile = lab && stage ? `; ${who} plays agents and kubelets of lab/${lab.name} meanwhile` : '';
    err.write(`waiting: ${holder} leads the cluster${meanwhile}\n`);
  };
}
