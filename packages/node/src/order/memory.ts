import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type NodeOrder, nodeOrderSchema } from '@berth/api';
import { z } from 'zod';
import { NodeFault } from '../fault.ts';
import type { OrderedAddress } from './duty.ts';

const entry = nodeOrderSchema.shape.spec.shape.addresses.element;
const fences = nodeOrderSchema.shape.spec.shape.fences;
const address = entry
  .omit({ pairs: true, contested: true })
  .extend({ ip: z.string(), logicalIp: z.string().optional(), isContested: z.boolean().optional() });

const memorySchema = z.object({
  version: z.literal(1),
  /** One of a release before, in other words than ours, is as none; what came of it counts. */
  order: nodeOrderSchema.optional().catch(undefined),
  held: z.array(address),
  fenced: fences,
  gateways: z.record(z.string(), z.string()).default({}),
});

/** What an agent remembers of its node beyond its own life. */
export type Memory = {
  readonly version: 1;
  /** The order that was carried out last. */
  readonly order?: NodeOrder | undefined;
  /** The addresses that the node answered for then. */
  readonly held: readonly OrderedAddress[];
  /** The fences that were in force. */
  readonly fenced: NodeOrder['spec']['fences'];
  /** The gateway ports that were here, each with its MAC address. */
  readonly gateways: Readonly<Record<string, string>>;
};

/** What is remembered before anything happened. */
const emptyMemory: Memory = { version: 1, held: [], fenced: [], gateways: {} };

/**
 * The last order that was carried out and what came of it, in one file: an agent that starts again neither announces
 * everything anew nor forgets to end a connection. It may be lost with the machine's running state (`/run`), as the
 * connections are.
 */
export class MemoryFile {
  readonly #file: string;
  #text = '';
  #turn: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  /** What was kept. A file that cannot be understood is as none. */
  async load(): Promise<Memory> {
    try {
      const text = await readFile(this.#file, 'utf8');
      const { success, data } = memorySchema.safeParse(JSON.parse(text));
      if (!success) return emptyMemory;
      this.#text = text;
      return data;
    } catch {
      return emptyMemory;
    }
  }

  /** Keeps this instead, whole or not at all. Throws `NodeFault` `memory-unusable`. */
  keep(memory: Memory): Promise<void> {
    const next = this.#turn.then(() => this.#write(JSON.stringify(memory)));
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #write(text: string): Promise<void> {
    if (text === this.#text) return;
    const temporary = `${this.#file}.next`;
    try {
      await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      await writeFile(temporary, text, { mode: 0o600 });
      await rename(temporary, this.#file);
      this.#text = text;
    } catch (cause) {
      throw new NodeFault(
        'memory-unusable',
        `${this.#file} cannot be written: make room or make it writable`,
        cause,
      );
    }
  }
}
