// node --conditions=berth-source apps/controller/src/print-flags.ts
// Prints the flags as JSON. The values of the chart are made from them, and nothing imports a program.
import { controllerCommand } from './flags.ts';

const flags = controllerCommand().options.map(
  ({ long, description, defaultValue, defaultValueDescription, argChoices }) => ({
    name: long?.replace(/^--/, ''),
    does: description,
    default: defaultValueDescription ?? defaultValue,
    choices: argChoices,
  }),
);
process.stdout.write(`${JSON.stringify(flags, null, 2)}\n`);
