import type { Fabric } from '../../fabric/fabric.ts';
import type { Programmed } from '../../fabric/programmed.ts';
import type { Lookup } from '../object/lookup.ts';
import type { NodeBefore } from '../pod/pod-node.ts';
import { chassisOf } from './gateway.ts';

/** The nodes that NB has the ports of pods on. Looks at NB only when it is asked. */
export function programmedNode({ Node }: Lookup, fabric: Fabric, programmed: Programmed): NodeBefore {
  let nodes: ReadonlyMap<string, string> | undefined;
  return (name) => {
    const chassis = programmed.portOf({ kind: 'IP', name })?.chassis;
    if (chassis === undefined) return undefined;
    nodes ??= new Map(
      [...Node.values()].flatMap((node) => {
        const own = chassisOf(node, fabric);
        return own ? [[own.name, node.metadata.name] as const] : [];
      }),
    );
    return nodes.get(chassis);
  };
}
