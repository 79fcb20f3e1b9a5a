import { comparisonFault, fieldFault, type Stand, standsAloneFault } from './comparison-fault.ts';
import type { Form } from './expression.ts';
import type { NamedSets } from './named-sets.ts';
import type { Parsed } from './parse.ts';

/** Why OVN cannot use a match, as a clause: ovn-controller then leaves out the whole flow. Undefined where it can, and wherever that is not certain. */
export function matchFault(parsed: Parsed, sets: NamedSets): string | undefined {
  return 'fault' in parsed ? parsed.fault : faultOf(parsed.expression, { sets, isNegated: false });
}

/** Whether a match is one of alternatives, without parentheses around all: it does not go with a condition and `&&` before it. */
export function isAlternatives(parsed: Parsed): boolean {
  return 'expression' in parsed && parsed.expression.sort === 'or';
}

function faultOf(form: Form, stand: Stand): string | undefined {
  switch (form.sort) {
    case 'and':
    case 'or':
    case 'range':
      return firstFault(form.parts, stand);
    case 'group':
      return faultOf(form.of, stand);
    case 'not':
      return faultOf(form.of, { ...stand, isNegated: !stand.isNegated });
    case 'literal':
      return undefined;
    case 'call':
      return callFault(form, stand);
    case 'field':
      return fieldFault(form.field, stand) ?? standsAloneFault(form.field, stand);
    case 'comparison':
      return fieldFault(form.field, stand) ?? comparisonFault(form, stand);
  }
}

function firstFault(parts: readonly Form[], stand: Stand): string | undefined {
  for (const part of parts) {
    const fault = faultOf(part, stand);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The only function of matches in 23.03 is asked one port (ovn-sb(5), Logical_Flow match). */
function callFault(
  { name, words: [port] }: Extract<Form, { sort: 'call' }>,
  { sets }: Stand,
): string | undefined {
  if (name !== 'is_chassis_resident') return sets.isNewer ? undefined : `there is no ${name}()`;
  return port?.sort === 'text' ? undefined : `${name}() is asked without a port in quotation marks`;
}
