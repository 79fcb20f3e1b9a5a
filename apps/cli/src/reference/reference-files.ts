import { z } from 'zod';
import { answerSchemas } from '../schema/answers.ts';
import { program } from '../tree/program.ts';
import { commandHelps } from './command-helps.ts';

const lineWidth = 110;

/** The generated pages of the reference, by their path below `docs/reference`. */
export function referenceFiles(): ReadonlyMap<string, string> {
  const schemas = Object.entries(answerSchemas).map(([kind, schema]): readonly [string, string] => [
    `schema/${fileName(kind)}.json`,
    schemaText(kind, schema),
  ]);
  return new Map([['commands.md', commandsPage()], ...schemas]);
}

/** JSON Schema of one kind of answer (draft 2020-12). */
function schemaText(kind: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12' });
  const $id = `https://berth.dev/schema/cli/v1/${fileName(kind)}.json`;
  return `${withShortArrays(JSON.stringify({ $schema, $id, title: kind, ...rest }, null, 2))}\n`;
}

/** JSON with arrays of plain values on one line where they fit, as the formatter of this repository has them. */
function withShortArrays(json: string): string {
  return json.replace(
    /^(.*)\[\n([^[\]{}]*?)\n *\](,?)$/gm,
    (whole, before: string, items: string, after: string) => {
      const line = `${before}[${items.trim().replace(/\n */g, ' ')}]${after}`;
      return line.length <= lineWidth ? line : whole;
    },
  );
}

function commandsPage(): string {
  const sections = commandHelps(program).map(
    ({ path, help }) => `## ${path}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`,
  );
  const kinds = Object.keys(answerSchemas).map((kind) => `[${kind}](schema/${fileName(kind)}.json)`);
  return `# Commands

What \`--help\` prints, for every command. \`make generate\` writes this page.

Data goes to standard output, everything else to standard error. Every \`-o json\` but that of \`get\`, which prints the
Kubernetes object or a \`v1\` List, has \`apiVersion: cli.berth.dev/v1\`, a \`kind\` and \`findings\`; the kinds are
${kinds.join(', ')}.

Exit codes of every command: 64 the command line is wrong, 65 a file or folder cannot be used, 70 a fault of Berth's, 130
interrupted. Below 64 each command says what they mean. A target, node or VPC that does not exist is 64, for 1 is an answer; of \`get\` and
\`explain\` it is the answer, and 1.

${sections.join('\n')}`;
}

/** `LabStatus` is in `lab-status.json`. */
function fileName(kind: string): string {
  return kind.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
