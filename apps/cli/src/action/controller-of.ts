import { stateHolder } from '@berth/source';
import type { StatusAnswer } from '../schema/status.ts';

/** Whether a controller holds the state, and whether it does anything. */
export async function controllerOf(
  stateFolder: string,
): Promise<Pick<StatusAnswer['controller'], 'running' | 'stopped'>> {
  const holder = await stateHolder(stateFolder);
  if (holder?.elsewhere) return { running: null, stopped: false };
  return { running: holder?.running ?? false, stopped: holder?.stopped ?? false };
}
