import { OvsdbFault } from '@berth/ovsdb';
import { SourceFault } from '@berth/source';
import { CniFault } from '../cni/cni-fault.ts';
import { NodeFault, type NodeFaultCode } from '../fault.ts';
import { HostFault } from '../host/host.ts';

/** Faults of a node that pass. */
const passing: readonly NodeFaultCode[] = ['switch-not-ready', 'switch-not-answering', 'port-not-installed'];

/** What a runtime is told of a fault. */
export function cniFaultOf(fault: unknown): CniFault {
  if (fault instanceof CniFault) return fault;
  const message = fault instanceof Error ? fault.message : String(fault);
  if (fault instanceof NodeFault && fault.code === 'interface-taken') {
    return new CniFault(
      'interface-taken',
      message,
      'another plugin, or another Berth, has attached this pod',
    );
  }
  if (fault instanceof HostFault && isMissingNamespace(fault))
    return new CniFault('unknown-container', message);
  const passes = fault instanceof NodeFault ? passing.includes(fault.code) : isPassing(fault);
  return new CniFault(passes ? 'try-again-later' : 'internal', message);
}

/** ip-netns(8), ip-link(8) and nsenter(1) each say it in their own words. */
function isMissingNamespace({ stderr }: HostFault): boolean {
  return (
    /(network namespace|nsenter: cannot open).*No such file/s.test(stderr) ||
    /Invalid "netns" value/.test(stderr)
  );
}

/** Programs that fail, databases and clusters that are away: all of that may be better in a moment. */
function isPassing(fault: unknown): boolean {
  if (fault instanceof HostFault || fault instanceof OvsdbFault || fault instanceof SourceFault) return true;
  return fault instanceof Error && fault.name === 'AbortError';
}
