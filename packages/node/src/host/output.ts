import type { z } from 'zod';
import { NodeFault } from '../fault.ts';

/** What ip(8) printed as JSON: nothing at all, or empty objects, for an empty list in some releases. Throws `NodeFault` `output-unreadable`. */
export function parse<T>(
  schema: z.ZodType<readonly T[]>,
  argv: readonly string[],
  text: string,
): readonly T[] {
  try {
    const list: unknown = text.trim() === '' ? [] : JSON.parse(text);
    return schema.parse(Array.isArray(list) ? list.filter((each) => Object.keys(each).length > 0) : list);
  } catch (cause) {
    throw new NodeFault('output-unreadable', `${argv.join(' ')} printed something unexpected`, cause);
  }
}
