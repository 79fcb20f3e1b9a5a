import { controllerRules, leaseRules, type PolicyRule, readerRules } from '@berth/source/kube';
import { stringify } from 'yaml';

/**
 * Named templates with the rules of each account, as the code has them that uses them. An account without a rule may do
 * nothing: the agent's come with its way through the API server.
 */
export const roleTemplates: Readonly<Record<string, readonly PolicyRule[]>> = {
  'berth.controllerRules': controllerRules(),
  'berth.leaseRules': leaseRules('{{ .Values.controller.leaseName }}'),
  'berth.readerRules': readerRules(),
  'berth.agentRules': [],
};

/** `templates/_rules.tpl`. */
export function rulesText(templates = roleTemplates): string {
  return Object.entries(templates)
    .map(([name, rules]) => {
      const text = stringify(rules, { lineWidth: 0, aliasDuplicateObjects: false });
      return `{{- define "${name}" -}}\n${text}{{- end }}\n`;
    })
    .join('\n');
}
