import { formatRef } from '@berth/api';
import type { Change, Finding } from '@berth/core';
import type { AgentPass } from '@berth/node';

/** Says what happens as it happens, each thing once. */
export type Report = {
  passed(pass: Pick<AgentPass, 'changes' | 'findings' | 'faults'>): void;
  failed(fault: unknown): void;
  /** One line, told as often as it happens. */
  told(line: string): void;
};

/** A report that writes lines. */
export function reportTo(write: (line: string) => void): Report {
  let known: ReadonlySet<string> = new Set();
  let lastFault = '';
  const failed = (fault: unknown): void => {
    const line = `fault    ${fault instanceof Error ? fault.message : String(fault)}`;
    if (line !== lastFault) write(line);
    lastFault = line;
  };
  return {
    passed({ changes, findings, faults }) {
      for (const change of changes) write(changeLine(change));
      const lines = new Set(findings.map(findingLine));
      for (const line of lines) if (!known.has(line)) write(line);
      for (const line of known) if (!lines.has(line)) write(`resolved ${line.slice(9)}`);
      known = lines;
      for (const fault of faults) failed(fault);
      if (faults.length === 0) lastFault = '';
    },
    failed,
    told: write,
  };
}

function changeLine({ verb, table, key, cause }: Change): string {
  return `${verb.padEnd(8)} ${table} ${key.join(' ')}${cause ? ` for ${formatRef(cause)}` : ''}`;
}

function findingLine({ severity, code, object, message, cure }: Finding): string {
  return `${severity.padEnd(8)} ${object ? `${formatRef(object)} ` : ''}${code}: ${message}; ${cure}`;
}
