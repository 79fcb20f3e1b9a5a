import { outsideNic } from '../lab/outside.ts';
import { wireNic } from '../lab/plan.ts';
import type { Answerer, AskedAddress } from '../prober/prober.ts';
import { effectsOf } from './actions.ts';
import type { Fields } from './fields.ts';
import { whoHas } from './frames.ts';
import type { Entry } from './node-switch.ts';
import type { Stage } from './read-trace.ts';
import type { NodeScene, Scene } from './scene.ts';
import { doorOf } from './walk.ts';

/** Who answers ARP and ND on the external wires, each address asked once in a look. */
export class Neighbours {
  readonly #scene: Scene;
  readonly #answers = new Map<string, Promise<readonly Answerer[]>>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** All that answer a question on the external wire, as `outside` hears it. */
  async whoAnswers(ip: string, ask: AskedAddress): Promise<readonly Answerer[]> {
    const key = `${ask.wire} ${ask.vlanId} ${ip}`;
    const known = this.#answers.get(key) ?? this.#askAll(ip, ask);
    this.#answers.set(key, known);
    return await known;
  }

  async #askAll(ip: string, ask: AskedAddress): Promise<readonly Answerer[]> {
    const frame = tagged(whoHas({ mac: this.outsideMac(ask), source: ask.source, to: ip }), ask);
    const all = await Promise.all(
      [...this.#scene.nodes.values()].map(async (node) => {
        const door = node.control && doorOf(node, wireNic(this.#scene.plan, ask.wire));
        const macs = door === undefined ? [] : await heard(node, door, frame, ip);
        return macs.slice(0, 1).map((mac) => ({ node: node.name, mac }));
      }),
    );
    return all.flat();
  }

  /** The hardware address that `outside` asks from. */
  outsideMac({ wire, vlanId }: AskedAddress): string {
    return this.#scene.outside.get(outsideNic(wire, vlanId)) ?? '';
  }
}

/** Hardware addresses that come back by the port that a question came in by. */
export async function heard(
  node: NodeScene,
  door: Pick<Entry, 'bridge' | 'port'>,
  frame: Fields,
  ip: string,
): Promise<readonly string[]> {
  const stages = await node.control?.trace({ ...door, frame, connection: 'new' });
  if (stages === undefined || typeof stages === 'string') return [];
  const own = node.ports.find(({ name }) => name === door.port)?.number;
  return stages.flatMap((stage) => [
    ...arpAnswers(stage, own, ip),
    ...(node.hasController ? ndAnswers(stage) : []),
  ]);
}

function arpAnswers({ flow, actions }: Stage, port: number | undefined, ip: string): readonly string[] {
  const back = effectsOf(actions, flow).outputs.filter((output) => output.port === port);
  return back.flatMap(({ frame: { arp_op: op, arp_spa: from, arp_sha: mac } }) =>
    op === '2' && from === ip && mac !== undefined ? [mac] : [],
  );
}

function ndAnswers({ errands }: Stage): readonly string[] {
  return errands.flatMap((errand) =>
    errand.kind === 'answer' && errand.mac !== undefined ? [errand.mac] : [],
  );
}

/** The frame as `outside` sends it. */
export function tagged(frame: Fields, { vlanId }: AskedAddress): Fields {
  return vlanId === 0 ? frame : { ...frame, dl_vlan: String(vlanId) };
}
