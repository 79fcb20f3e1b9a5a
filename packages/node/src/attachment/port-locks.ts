/** Lets one piece of work at a time do something with a port, in the order of asking. */
export class PortLocks {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<T>(portName: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(portName);
    const turn = (before ?? Promise.resolve()).then(work, work);
    this.#last.set(portName, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(portName) === turn) this.#last.delete(portName);
    }
  }
}
