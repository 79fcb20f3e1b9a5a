import { OvsdbFault } from '../value/fault.ts';

/** A schema that does not follow RFC 7047 section 3.2, at a place such as `OVN_Northbound.NAT.type`. */
export function schemaFault(place: string, problem: string): OvsdbFault {
  return new OvsdbFault('bad-schema', `${place}: ${problem}`);
}
