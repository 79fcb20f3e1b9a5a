import {
  admissionRules,
  admissionSecretRules,
  agentAdmission,
  agentRules,
  cniRules,
  controllerRules,
  fieldPolicies,
  type Grant,
  leaseRules,
  type PolicyRule,
  readerRules,
  type WebhookOptions,
  webhookConfigurations,
} from '@berth/source/kube';
import { stringify } from 'yaml';

/** Named templates with the rules of each account, as the code has them that uses them. */
const roleTemplates: Readonly<Record<string, readonly PolicyRule[]>> = {
  'berth.controllerRules': controllerRules(),
  'berth.leaseRules': leaseRules('{{ .Values.controller.leaseName }}'),
  'berth.readerRules': readerRules(),
  'berth.agentRules': agentRules(),
  'berth.cniRules': cniRules(),
  'berth.admissionRules': admissionRules('{{ .name }}'),
  'berth.admissionSecretRules': admissionSecretRules('{{ .service }}'),
};

/** Who the agents are, where the template that has the policy for their reports is included. */
const agents = { serviceAccount: { namespace: '{{ .namespace }}', name: '{{ .name }}' } };

/** The webhooks, where the template of admission includes them. */
const webhooksOf: Omit<WebhookOptions, 'deletions'> = {
  configuration: '{{ .name }}',
  client: { service: { namespace: '{{ .namespace }}', name: '{{ .service }}' } },
  controllerUser: 'system:serviceaccount:{{ .namespace }}:{{ .account }}',
  exemptNamespaces: ['kube-system', '{{ .namespace }}'],
  failurePolicy: '{{ .failurePolicy }}',
};

/** `templates/_rules.tpl`. */
export function rulesText(templates = roleTemplates): string {
  const rules = Object.entries(templates).map(([name, each]) => define(name, yaml(each)));
  const objects = {
    'berth.agentAdmission': agentAdmission(agents),
    'berth.fieldPolicies': fieldPolicies('{{ .name }}'),
    'berth.webhooksRefuse': webhookConfigurations({ ...webhooksOf, deletions: 'Refuse' }),
    'berth.webhooksWait': webhookConfigurations({ ...webhooksOf, deletions: 'Wait' }),
  };
  return [...rules, ...Object.entries(objects).map(([name, each]) => define(name, documents(each)))].join(
    '\n',
  );
}

function documents(grants: readonly Grant[]): string {
  return grants.map(({ object }) => `---\n${yaml(object)}`).join('');
}

function define(name: string, text: string): string {
  return `{{- define "${name}" -}}\n${text}{{- end }}\n`;
}

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
