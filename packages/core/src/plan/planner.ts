import type { Snapshot } from '@berth/ovsdb/value';
import { Compiler } from '../compile/compiler.ts';
import type { Intent } from '../intent/intent.ts';
import { keepSame } from '../intent/keep-same.ts';
import type { Plan } from './change.ts';
import { Differ, type DifferOptions } from './differ.ts';

/**
 * The plan of an intent, at the cost of what changed since the last one. It is a cache, never the truth: what it says is what `compile` and `plan`
 * say of the same intent and the same database, and a new one says it too.
 */
export class Planner {
  readonly #compiler = new Compiler();
  readonly #differ: Differ;
  #intent: Intent = { vpcs: [], externals: [] };

  constructor(options: DifferOptions) {
    this.#differ = new Differ(options);
  }

  plan(intent: Intent, observed: Snapshot): Plan {
    this.#intent = keepSame(this.#intent, intent);
    return this.#differ.plan(this.#compiler.update(this.#intent), observed);
  }
}
