import { formatRef } from '@berth/api';
import type { Fabric } from './fabric.ts';
import { lingersOf } from './former-roles.ts';
import { frozenAt, hasRowsOf, keepsFlows, saysOf } from './frozen.ts';
import { nodeName } from './node-name.ts';
import { macsOf } from './switch-port.ts';

/** That a workload's chassis stands still, and goes on with its packets as things were before. */
export type Overtaken = {
  readonly chassis: string;
  readonly node: string;
  /** What it goes on with, as a clause that names the node and says why it stands still. */
  readonly what: string;
  /** Its agent says that the flows are there. Without one the node may be dead as well. */
  readonly isCertain: boolean;
};

/**
 * What keeps a workload's chassis from sending its packets to the gateway as NB has it now: an address ran there for the same object or the same
 * port and was taken since (`LingerMark`), so that the chassis goes on translating by itself; or the workload's port changed since. A row that
 * runs at the gateway before and after changes nothing there, and leaves no mark.
 */
export function overtakenAt(fabric: Fabric, port: string, objects: readonly string[]): Overtaken | undefined {
  const frozen = frozenAt(fabric, port);
  if (frozen === undefined) return undefined;
  const { chassis, why } = frozen;
  const node = nodeName(fabric, chassis);
  const made = (what: string): Overtaken => ({
    chassis,
    node,
    what: `${what}: ${why}`,
    isCertain: saysOf(fabric, chassis, keepsFlows),
  });
  const own = lingersOf(fabric).filter((mark) => mark.chassis === chassis);
  const macs = own.length === 0 ? [] : macsOf(fabric, port);
  const mark = own.find(
    ({ object, mac }) =>
      (object !== undefined && objects.includes(object)) || (mac !== undefined && macs.includes(mac)),
  );
  if (mark) return made(`${node}, where its workload is, stands still with ${mark.ip} for it`);
  const untold = own.filter(({ mac: told }) => told === undefined);
  if (untold.length > 0) {
    const what = `${node}, where its workload is, stands still with addresses that were taken from it, and of ${untold.length} of them it is not known whose they were`;
    return { ...made(what), isCertain: false };
  }
  if (hasRowsOf(fabric, chassis, formatRef({ kind: 'IP', name: port })) !== false) return undefined;
  return made(`${node}, where its workload is, stands still and has port ${port} as it was before`);
}
