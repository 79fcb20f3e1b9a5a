import { resourcesIn } from '@berth/api';
import { atLeast, type Finding, sortFindings } from '@berth/core';
import { located, preview } from '@berth/engine';
import { folderReader } from '@berth/source';
import { assumedFabric } from '../context/folder-alone.ts';
import type { Invocation } from '../context/invocation.ts';
import { now, requireFolder, requireThere, settingsOf } from '../context/session.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { countFindings, countText, findingLines, plural } from '../output/findings.ts';
import type { LintAnswer } from '../schema/lint.ts';

export async function run({ options, terminal: { out, err } }: Invocation): Promise<ExitCode> {
  const { findings, objects } = await lintFolder(
    await requireThere(requireFolder(options)),
    options.instance ?? 'default',
  );
  const counts = countFindings(findings);
  const told: LintAnswer = answer('Lint', findings, { summary: { objects, ...counts } });
  if (options.output === 'json') out.write(jsonText(told));
  else {
    out.write(findingLines(findings, out));
    err.write(`${plural(objects, 'object')} checked: ${countText(counts)}\n`);
  }
  const threshold = options.failOn ?? 'error';
  return findings.some((each) => atLeast(each, threshold)) ? exitCodes.notFine : exitCodes.fine;
}

/** Everything that can be found out about a folder without an OVN. */
async function lintFolder(
  folder: string,
  instance: string,
): Promise<{ readonly findings: readonly Finding[]; readonly objects: number }> {
  await using reader = folderReader({ folder, now });
  const listing = await reader.list();
  const fabric = assumedFabric(listing.resources);
  const { result } = await preview(reader, fabric, settingsOf({ instance }));
  const findings = [...listing.findings, ...result.findings].map((each) => located(each, listing));
  return { findings: sortFindings(findings), objects: resourcesIn(listing.resources).length };
}
