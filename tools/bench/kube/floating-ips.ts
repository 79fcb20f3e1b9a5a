import { setTimeout as sleep } from 'node:timers/promises';
import { inLanes } from './churn.ts';
import type { CommitWatch } from './commit-watch.ts';
import { createFloatingIp, type Field, insideIp } from './field.ts';

/** The floating IPs that a run has created, numbered from 0. */
export class FloatingIps {
  readonly #api: Field['api'];
  #count = 0;

  constructor({ api }: Pick<Field, 'api'>) {
    this.#api = api;
  }

  get count(): number {
    return this.#count;
  }

  get names(): readonly string[] {
    return Array.from({ length: this.#count }, (_, place) => nameOf(place));
  }

  /** As fast as the API server takes them. */
  async createMany(count: number): Promise<void> {
    await inLanes(count, () => this.#create());
  }

  /** The numbers of so many more, which somebody else creates. */
  take(count: number): readonly number[] {
    const first = this.#count;
    this.#count += count;
    return Array.from({ length: count }, (_, place) => first + place);
  }

  /** One after the other; gives how long each took from when the API server had it until NB had its row, in ms. */
  async oneByOne(
    commits: CommitWatch,
    times: number,
    rest: (name: string) => Promise<void>,
  ): Promise<readonly number[]> {
    const took: number[] = [];
    for (let turn = 0; turn < times; turn++) {
      const { place, atMs } = await this.#create();
      took.push((await commits.committed(insideIp(place))) - atMs);
      await rest(nameOf(place));
      await sleep(100);
    }
    return took;
  }

  async #create(): Promise<{ readonly place: number; readonly atMs: number }> {
    const place = this.#count;
    this.#count += 1;
    return { place, atMs: await createFloatingIp(this.#api, nameOf(place), place) };
  }
}

/** The name of a floating IP and of its EIP, by its number. */
export function nameOf(place: number): string {
  return `web-${place}`;
}
