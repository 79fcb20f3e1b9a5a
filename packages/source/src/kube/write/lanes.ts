/** How many calls that write are made at a time at most. */
export const mostLanes = 16;

/**
 * How many calls are made at a time the next time: half as many after the other side has asked for patience, which more of them would be
 * asked for as well, else one more.
 */
export function lanesAfter(lanes: number, isAskedForPatience: boolean): number {
  return isAskedForPatience ? Math.ceil(lanes / 2) : Math.min(lanes + 1, mostLanes);
}

/** Works on all items of a queue, some at a time. */
export async function inLanes<T>(queue: T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
