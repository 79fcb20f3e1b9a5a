import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** A part in a lab that one process has at a time. */
export type LabPart = AsyncDisposable & {
  /** Whether this process has it now; until then each question asks for it again. */
  isTaken(): boolean;
  /** Leaves it to others until it is asked for again. */
  letGo(): void;
};

/**
 * Asks for a part in the lab of a directory, for as long as this process lives or until it is disposed of: the kernel gives an abstract
 * name (unix(7)) to one process of a network namespace, and takes it back however that ends. Resolves once the first answer is there.
 */
export async function askForPart(directory: string, name: string): Promise<LabPart> {
  const key = createHash('sha256').update(`${directory}\0${name}`).digest('hex');
  let server: Server | undefined;
  let asking: Promise<void> | undefined;
  const ask = (): Promise<void> =>
    new Promise((resolve) => {
      const asked = createServer().unref();
      const done = (): void => {
        asking = undefined;
        resolve();
      };
      asked.once('error', done);
      asked.listen(`\0berth-${key}`, () => {
        server = asked;
        done();
      });
    });
  await ask();
  return {
    isTaken() {
      if (!server) asking ??= ask();
      return server !== undefined;
    },
    letGo() {
      server?.close();
      server = undefined;
    },
    async [Symbol.asyncDispose]() {
      await asking;
      await server?.[Symbol.asyncDispose]();
    },
  };
}
