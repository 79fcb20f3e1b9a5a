// node --conditions=berth-source tools/generate-findings.ts [--check]
// Writes docs/findings/README.md, the table of all findings. The pages beside it are written by hand, one per code.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue, reasonOf } from '@berth/core';

const target = join(import.meta.dirname, '../docs/findings/README.md');

const introduction = `# Findings

Everything Berth can say about your input or your network, by its code. A code never changes its meaning.
\`berth explain CODE\` prints a page. A condition has the code in CamelCase as its reason; beside these there are two:
\`Programmed\`, the object does what it should, and \`Pending\`, nothing is wrong but something has not happened yet.

An error keeps something from working, a warning may, an info is worth knowing.

The pages use \`berth get\`; on a cluster \`kubectl get\` takes the same names. On a lab, \`ovn-nbctl\` and the like run by
\`berth lab exec central -- ovn-nbctl …\`, those of a node by \`berth lab exec NODE -- ovs-vsctl …\`.
`;

/** The index page: a line per code, in the catalogue's order. Generated from the catalogue alone. */
export function findingsIndex(codes: Readonly<Record<string, { severity: string; title: string }>>): string {
  const lines = Object.entries(codes).map(
    ([code, { severity, title }]) => `| [${code}](${code}.md) | ${severity} | ${title} |`,
  );
  return [introduction, '| code | severity | what it stands for |', '|---|---|---|', ...lines, ''].join('\n');
}

/** How a page must begin, so that it says the same as the catalogue. */
export function pageHead(code: keyof typeof catalogue): string {
  const { severity, title } = catalogue[code];
  return `# ${code}\n\n${severity}: ${title}. As the reason of a condition: \`${reasonOf(code)}\`.\n`;
}

if (import.meta.main) {
  const wanted = findingsIndex(catalogue);
  const present = await readFile(target, 'utf8').catch(() => '');
  const check = process.argv.includes('--check');
  if (present !== wanted) {
    console.error(`docs/findings/README.md ${check ? 'is stale' : 'written'}`);
    if (check) process.exitCode = 1;
    else await writeFile(target, wanted);
  }
}
