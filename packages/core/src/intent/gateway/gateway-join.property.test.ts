import { resourceSetOf } from '@berth/api';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Report, reported, withMembers } from '../../testing/reported.ts';
import { gatewayNode } from '../../testing/resources.ts';
import { fabricWith } from '../../testing/settle.ts';
import { lookupOf } from '../object/lookup.ts';
import { gatewayOrder } from './gateway.ts';
import { gatewaySceneOf } from './gateway-node.ts';

const port = 'vpc1-external0';
const bridge = 'external0:br-external0';
/** Has the workload, and so is a witness. */
const plain = 'n';
const all = ['a', 'b', 'c', plain];
const chassis = Object.fromEntries(all.map((name) => [name, bridge]));
const scenery = lookupOf(resourceSetOf(['a', 'b', 'c'].map((name) => gatewayNode(name))));

/** Three gateways that come back, with the BFD that their ovn-controllers run and the elections that these hold. */
class Group {
  members: readonly string[] = [];
  claim: string | undefined;
  #waiting: readonly string[] = [];
  readonly #up = new Set<string>();

  /** Every end of a session that there is: of members with members and witnesses (ovn-controller, `bfd_calculate_chassis`). */
  get ends(): readonly string[] {
    const watched = new Set([...this.members, plain, ...this.#waiting]);
    return all.flatMap((one) =>
      all.flatMap((other) => {
        const isRun = one !== other && watched.has(one) && watched.has(other);
        return isRun && (this.members.includes(one) || this.members.includes(other))
          ? [`${one}>${other}`]
          : [];
      }),
    );
  }

  raise(end: string | undefined): void {
    if (end !== undefined) this.#up.add(end);
    this.#elect();
  }

  pass(): void {
    const claims: Record<string, string> = this.claim === undefined ? {} : { [`cr-${port}`]: this.claim };
    const known = withMembers(fabricWith(chassis, claims), port, ...this.members);
    const reports = all.map((name): [string, Report] => [
      name,
      { flowsInstalled: true, controllerRuns: true, sees: this.#seenBy(name) },
    ]);
    const fabric = { ...reported(known, Object.fromEntries(reports)), settledClaims: new Set<string>() };
    const scene = gatewaySceneOf(scenery, fabric, undefined);
    const decision = gatewayOrder({ routerPort: port, network: 'external0', vpc: 'vpc1' }, scene);
    this.members = decision.gateways.map(({ node }) => node);
    this.#waiting = decision.waiting;
    const { ends } = this;
    for (const end of this.#up) if (!ends.includes(end)) this.#up.delete(end);
    this.#elect();
  }

  /** Members that serve by what each of them sees (ovn-controller, `ha_chassis_group_is_active`). */
  get serving(): readonly string[] {
    return this.members.filter((name) => {
      if (this.members.length === 1) return true;
      const seen = all.filter((other) => this.#up.has(`${name}>${other}`));
      const alive = this.members.filter((other) => other === name || seen.includes(other));
      if (alive.length > 1) return alive[0] === name;
      return seen.some((other) => other === plain || this.#waiting.includes(other));
    });
  }

  #seenBy(name: string): Record<string, boolean> {
    const own = this.ends.filter((end) => end.startsWith(`${name}>`));
    return Object.fromEntries(own.map((end) => [end.slice(2), this.#up.has(end)]));
  }

  #elect(): void {
    const [first] = this.serving;
    if (this.claim === undefined || !this.serving.includes(this.claim)) this.claim = first;
  }
}

it('never has two that serve, nor another one, in whatever order BFD comes up', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat()), { minLength: 5, maxLength: 80 }), (steps) => {
      const group = new Group();
      group.pass();
      const first = group.claim;
      expect(first).toBeDefined();
      const look = (): void => expect(group.serving).toEqual([first]);
      for (const step of steps) {
        if (step === null) group.pass();
        else group.raise(group.ends[step % group.ends.length]);
        look();
      }
      // In the end every session is up, and all have joined.
      for (let rounds = 0; rounds < 4; rounds++) {
        for (const end of group.ends) {
          group.raise(end);
          look();
        }
        group.pass();
        look();
      }
      expect(group.members).toHaveLength(3);
    }),
    { numRuns: 300 },
  );
});
