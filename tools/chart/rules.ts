import {
  agentAdmission,
  agentRules,
  cniRules,
  controllerRules,
  leaseRules,
  type PolicyRule,
  readerRules,
} from '@berth/source/kube';
import { stringify } from 'yaml';

/** Named templates with the rules of each account, as the code has them that uses them. */
export const roleTemplates: Readonly<Record<string, readonly PolicyRule[]>> = {
  'berth.controllerRules': controllerRules(),
  'berth.leaseRules': leaseRules('{{ .Values.controller.leaseName }}'),
  'berth.readerRules': readerRules(),
  'berth.agentRules': agentRules(),
  'berth.cniRules': cniRules(),
};

/** Who the agents are, where the template that has the policy for their reports is included. */
const agents = { serviceAccount: { namespace: '{{ .namespace }}', name: '{{ .name }}' } };

/** `templates/_rules.tpl`. */
export function rulesText(templates = roleTemplates): string {
  const rules = Object.entries(templates).map(([name, each]) => define(name, yaml(each)));
  const policies = agentAdmission(agents).map(({ object }) => `---\n${yaml(object)}`);
  return [...rules, define('berth.agentAdmission', policies.join(''))].join('\n');
}

function define(name: string, text: string): string {
  return `{{- define "${name}" -}}\n${text}{{- end }}\n`;
}

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
