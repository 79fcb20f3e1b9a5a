import type { NodeOrder } from '@berth/api';
import type { Operation } from '@berth/ovsdb/value';
import type { Host } from '../host/host.ts';
import { exposedWitnesses, witnessOperations } from '../order/witness.ts';
import type { NodeDatabase } from '../ovs/node-database.ts';
import { idOf, rootOf } from '../ovs/row.ts';

/** The key and the value that keep ovn-controller from clearing the flows of its predecessor before it has its own. */
const waitBeforeClear = ['ovn-ofctrl-wait-before-clear', '2000'] as const;

export type SwitchWriterOptions = {
  readonly db: NodeDatabase;
  readonly host: Host;
  /** Owner of what is made. */
  readonly instance: string;
  /** The witnesses that the order asks for; undefined where nothing may be written. Asked when a write's turn comes. */
  readonly wanted: () => NodeOrder['spec']['witnesses'] | undefined;
  readonly onFault: (fault: unknown) => void;
};

/** What a sentry writes to the node's database: witness ports, and the setting of ovn-controller that the user left open. */
export class SwitchWriter {
  readonly #options: SwitchWriterOptions;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: SwitchWriterOptions) {
    this.#options = options;
  }

  /** Writes what is missing, one transaction at a time. */
  write(): void {
    const { db, host, instance, wanted, onFault } = this.#options;
    this.#writing = this.#writing.then(async () => {
      const witnesses = wanted();
      if (!witnesses) return;
      try {
        const ports = witnesses.map(({ port }) => port);
        await db.transact([...waitOperations(db), ...witnessOperations(db.snapshot(), instance, ports)]);
        for (const name of exposedWitnesses(db.snapshot(), instance)) {
          await host.run(['ip', 'link', 'set', 'dev', name, 'down']);
        }
      } catch (fault) {
        onFault(fault);
      }
    });
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#writing;
  }
}

function waitOperations(db: NodeDatabase): readonly Operation[] {
  const root = rootOf(db.snapshot());
  if (!root || idOf(root, waitBeforeClear[0]) !== undefined) return [];
  return [
    {
      op: 'mutate',
      table: 'Open_vSwitch',
      where: [['_uuid', '==', root._uuid]],
      mutations: [['external_ids', 'insert', new Map([waitBeforeClear])]],
    },
  ];
}
