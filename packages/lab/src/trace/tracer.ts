import type { Lab } from '../lab/lab.ts';
import { Look, type Question, type Traced } from './look.ts';
import { type PodNic, readPods } from './pods.ts';
import { openScene } from './scene.ts';

/**
 * Asks the switches of a lab what they would do with the packets of flows, and sends none (ofproto/trace, ovs-vswitchd(8)). It
 * knows nothing of the analysis, nor of OVN's databases.
 */
export class Tracer {
  readonly #lab: Lab;
  readonly #pods: ReadonlyMap<string, PodNic>;

  private constructor(lab: Lab, pods: ReadonlyMap<string, PodNic>) {
    this.#lab = lab;
    this.#pods = pods;
  }

  /** Reads what does not change while a lab is broken: the addresses of its pods. */
  static async open(lab: Lab): Promise<Tracer> {
    return new Tracer(lab, await readPods(lab));
  }

  /** What becomes of each flow now, by the key of its probe. */
  async look(questions: readonly Question[]): Promise<ReadonlyMap<string, Traced>> {
    using scene = await openScene(this.#lab);
    const look = new Look(scene, this.#pods);
    const told = await Promise.all(
      questions.map(async (question) => [question.probe.key, await look.at(question)] as const),
    );
    return new Map(told);
  }
}
