import { SourceFault } from '@berth/source';

/** What a fault is about, for those who tell each thing once: an API server that is away is so in more than one way, one after the other. */
export function troubleOf(fault: unknown, line: string): string {
  return fault instanceof SourceFault && fault.code === 'cluster-unreachable' ? fault.code : line;
}
