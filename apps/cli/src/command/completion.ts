import type { CommandSpec } from '../tree/spec.ts';

export const completion: CommandSpec = {
  name: 'completion',
  words: [{ syntax: '<shell>', does: 'bash, zsh or fish' }],
  summary: 'Print what makes a shell complete berth',
  description: `Print a script that makes a shell complete commands, flags, their values and kinds.

It asks berth itself for the words, so it need not be made anew with another version. For the bash or zsh you are in: source <(berth completion bash)`,
  options: [],
  examples: [
    {
      does: 'For every bash of yours',
      line: 'berth completion bash > ~/.local/share/bash-completion/completions/berth',
    },
    { does: 'For zsh, in a folder of $fpath', line: 'berth completion zsh > ~/.zfunc/_berth' },
    { does: 'For fish', line: 'berth completion fish > ~/.config/fish/completions/berth.fish' },
  ],
  exits: { 0: 'printed' },
  load: () => import('../action/completion.ts'),
};
