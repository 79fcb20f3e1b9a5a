import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { bundleJson } from '../bundle/bundle.ts';
import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import { observe } from '../context/observed.ts';
import { now } from '../context/session.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { plural } from '../output/findings.ts';
import type { BundleAnswer } from '../schema/bundle.ts';

export async function run({ words, options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const [file = ''] = words;
  if (!options.force) await refuseThere(file);
  const { nb, sb, reports, listing } = await observe(options, environment, signal);
  const json = bundleJson({ savedAt: now(), nb, sb, reports, objects: listing?.resources });
  const bytes = await promisify(gzip)(JSON.stringify(json));
  await writeWhole(file, bytes);
  const told: BundleAnswer = answer('Bundle', [], {
    file,
    bytes: bytes.length,
    rows: { nb: rowsIn(nb), sb: rowsIn(sb) },
    reports: reports.length,
  });
  const text = `${file} written: ${plural(told.rows.nb, 'row')} of NB, ${plural(told.rows.sb, 'row')} of SB, ${told.bytes} bytes\n`;
  terminal.out.write(options.output === 'json' ? jsonText(told) : text);
  return exitCodes.fine;
}

function rowsIn(snapshot: {
  readonly tableNames: readonly string[];
  table(name: never): { readonly size: number };
}) {
  return snapshot.tableNames.reduce((sum, table) => sum + snapshot.table(table as never).size, 0);
}

async function refuseThere(file: string): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there) throw new CliFault('usage', `${file} is there already`, 'name another file, or add --force');
}

/** Writes a file that is whole or not there. Throws CliFault `bad-input` where it cannot be written. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  try {
    await writeFile(draft, bytes, { mode: 0o600 });
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    const why = cause instanceof Error ? cause.message.replace(/, \w+ '.*$/, '') : String(cause);
    throw new CliFault('bad-input', `${file} cannot be written: ${why}`, 'name another file', { cause });
  }
}
