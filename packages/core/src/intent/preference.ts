import { type Rule, refOf } from '@berth/api';
import type { Ip, Mac } from '@berth/net';
import type { Programmed, ProgrammedRule } from '../fabric/programmed.ts';
import type { ObjectRef } from '../finding/finding.ts';
import { fewThenAll } from '../memo/few-then-all.ts';
import { portName } from './port-holder.ts';
import type { Survey, SurveyedAttachment } from './surveyed.ts';

/** Addresses that an object would rather have than others, best first, and its MAC. Nobody else is kept from them. */
export type Preference = { readonly ips: readonly Ip[]; readonly mac: Mac | undefined };

/** The preference of the object of a claim. */
export type PreferenceOf = (object: ObjectRef) => Preference;

/** Nobody prefers anything. */
export const noPreference: PreferenceOf = () => none;

/**
 * Objects that have lost their addresses prefer those that NB still has for them, so that traffic does not notice.
 * Looks at NB only when it is asked.
 */
export function preferencesOf(survey: Survey, programmed: Programmed): PreferenceOf {
  let network: ReturnType<typeof networkOf> | undefined;
  return (object) => {
    const { kind, name, namespace = 'default' } = object;
    if (kind === 'IP') return programmed.portOf(object) ?? none;
    if (kind === 'Pod') {
      const pod = survey.lookup.Pod.get(`${namespace}/${name}`);
      const port = pod ? portName(pod) : `${name}.${namespace}`;
      return programmed.portOf({ kind: 'IP', name: port }) ?? none;
    }
    network ??= networkOf(survey);
    const told = (of: { get(name: string): readonly Rule[] | undefined }): readonly ProgrammedRule[] =>
      (of.get(name) ?? []).flatMap((rule) => programmed.ruleOf(refOf(rule)) ?? []);
    if (kind === 'Vip') return { ips: told(network.byVip).flatMap(({ logical }) => logical), mac: undefined };
    const attachment = network.attachments.get(name);
    const port = attachment
      ? programmed.routerPortOf(refOf(attachment.vpc), name)
      : programmed.portOf(object);
    const uses = told(network.byEip);
    return {
      ips: [...(port?.ips ?? []), ...uses.flatMap(({ external }) => external)],
      mac: port?.mac ?? uses.find(({ mac }) => mac !== undefined)?.mac,
    };
  };
}

const none: Preference = { ips: [], mac: undefined };

/** The attachments by name, and the rules by the EIP they use and by the Vip they lead to. */
function networkOf({ lookup, attachments }: Survey): {
  readonly attachments: ReadonlyMap<string, SurveyedAttachment>;
  readonly byEip: { get(name: string): readonly Rule[] | undefined };
  readonly byVip: ReadonlyMap<string, readonly Rule[]>;
} {
  const leading = [...lookup.OvnFip.values(), ...lookup.OvnDnatRule.values()];
  const all: readonly Rule[] = [...leading, ...lookup.OvnSnatRule.values()];
  const toVips = leading.filter(({ spec }) => spec.ipType === 'vip');
  return {
    attachments: new Map(attachments.map((each) => [each.name, each])),
    byEip: fewThenAll(
      (name) => all.filter(({ spec }) => spec.ovnEip === name),
      () => Map.groupBy(all, ({ spec }) => spec.ovnEip),
    ),
    byVip: Map.groupBy(toVips, ({ spec }) => spec.ipName ?? ''),
  };
}
