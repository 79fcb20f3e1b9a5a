import type { Invocation } from '../context/invocation.ts';
import type { ExitCode } from '../output/exit-code.ts';
import type { OptionName, OutputFormat } from './options.ts';

/** What a command does. Resolves with the exit code; faults are thrown. */
export type Action = (invocation: Invocation) => Promise<ExitCode>;

/** A line that can be typed as it stands, and what it is good for. */
export type Example = { readonly does: string; readonly line: string };

/** One command: everything its help says, and where its code is. Light: nothing heavy is imported until it runs. */
export type CommandSpec = {
  readonly name: string;
  /** As commander writes them: `<kind>`, `[name]`, `<command...>`. */
  readonly words: readonly { readonly syntax: string; readonly does: string }[];
  /** One line that starts with a verb, without a full stop. */
  readonly summary: string;
  /** The rest, in sentences. */
  readonly description: string;
  readonly options: readonly OptionName[];
  /** Options that others take and this one cannot: why, and what to do instead. They are in no help. */
  readonly refused?: {
    readonly options: readonly OptionName[];
    readonly why: string;
    readonly instead: string;
  };
  /** Options that must be given. */
  readonly required?: readonly OptionName[];
  /** What `-o` may be; the first is the default. */
  readonly outputs?: readonly OutputFormat[];
  /** At least two. */
  readonly examples: readonly Example[];
  /** What the exit codes below 64 mean here, and 64 where it is also of a target that does not exist; 0 is "fine" unless it says more. */
  readonly exits: Readonly<Record<number, string>>;
  /** Everything after the first word belongs to another program. */
  readonly passThrough?: true;
  /** Signals are the action's own business until it ends; otherwise it has a few seconds left. */
  readonly ownsSignals?: true;
  readonly load: () => Promise<{ readonly run: Action }>;
};

/** Commands under one word. */
export type CommandGroup = {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly commands: readonly CommandSpec[];
};

export function isGroup(entry: CommandSpec | CommandGroup): entry is CommandGroup {
  return 'commands' in entry;
}

/** Why those take no folder that tell how things are: it would say what was applied, and was not. */
export const aboutWhatWasApplied: NonNullable<CommandSpec['refused']> = {
  options: ['filename'],
  why: 'it goes by what was applied, which it finds with the OVN',
  instead:
    'leave it out, or name where that is stored with --state DIR or --kube; berth plan -f and berth get -f tell of a folder as it is written',
};
