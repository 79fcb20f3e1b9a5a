import type { Analysis } from './analysis.ts';
import { CliFault } from './cli-fault.ts';
import type { Asking } from './invocation.ts';

/** An OVN ready to be asked, for those that have something to say without it, too: undefined where it cannot be analysed. */
export async function analysisIfAny({ options, environment, signal }: Asking): Promise<Analysis | undefined> {
  const { openAnalysis } = await import('./analysis.ts');
  try {
    return await openAnalysis(options, environment, signal);
  } catch (fault) {
    if (signal.aborted || !(fault instanceof CliFault)) throw fault;
    return undefined;
  }
}
