import type { Lab } from '@berth/lab';
import type { Terminal } from '../context/terminal.ts';
import type { Stage } from './stage.ts';

/** Says once who leads, while we wait; on a lab also who plays its nodes meanwhile, as a controller does not. */
export function waitReporter(
  err: Pick<Terminal['err'], 'write'>,
  lab: Pick<Lab, 'name'> | undefined,
  stage: Pick<Stage, 'player'> | undefined,
): (holder: string) => void {
  let known = '';
  return (holder) => {
    if (holder === known) return;
    known = holder;
    const meanwhile = lab && stage ? `; ${meanwhileText(lab.name, stage.player)}` : '';
    err.write(`waiting: ${holder} leads the cluster${meanwhile}\n`);
  };
}

function meanwhileText(lab: string, player: Stage['player']): string {
  if (player === 'other-lead') return `the nodes of lab/${lab} are left to who looked after its OVN last`;
  const who = player === 'this' ? 'this one' : 'another berth run';
  return `${who} plays agents and kubelets of lab/${lab} meanwhile`;
}
