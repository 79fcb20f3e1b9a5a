import { type Rule, refOf } from '@berth/api';
import type { Ip, Mac } from '@berth/net';
import type { Programmed, ProgrammedRule } from '../../fabric/programmed.ts';
import type { ObjectRef } from '../../finding/finding.ts';
import { listOf } from './lookup.ts';
import { portName } from './port-holder.ts';
import { fipsOfEip, fipsOfTarget } from './rule-book.ts';
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
    const told = (of: (name: string) => readonly Rule[]): readonly ProgrammedRule[] =>
      of(name).flatMap((rule) => programmed.ruleOf(refOf(rule)) ?? []);
    if (kind === 'Vip') return { ips: told(network.ofVip).flatMap(({ logical }) => logical), mac: undefined };
    const attachment = network.attachments.get(name);
    const port = attachment
      ? programmed.routerPortOf(refOf(attachment.vpc), name)
      : programmed.portOf(object);
    const uses = told(network.ofEip);
    return {
      ips: [...(port?.ips ?? []), ...uses.flatMap(({ external }) => external)],
      mac: port?.mac ?? uses.find(({ mac }) => mac !== undefined)?.mac,
    };
  };
}

const none: Preference = { ips: [], mac: undefined };

/** The attachments by name, and the rules by the EIP they use and by the Vip they lead to. */
function networkOf({ asker, lookup, attachments }: Survey): {
  readonly attachments: ReadonlyMap<string, SurveyedAttachment>;
  readonly ofEip: (name: string) => readonly Rule[];
  readonly ofVip: (name: string) => readonly Rule[];
} {
  const fips = listOf(lookup.OvnFip);
  const fipsOf = fipsOfEip(asker, fips);
  const dnats = [...lookup.OvnDnatRule.values()];
  const others: readonly Rule[] = [...dnats, ...lookup.OvnSnatRule.values()];
  const byEip = Map.groupBy(others, ({ spec }) => spec.ovnEip);
  const byTarget = Map.groupBy(dnats, ({ spec }) => spec.ipName);
  return {
    attachments: new Map(attachments.map((each) => [each.name, each])),
    ofEip: (name) => [...fipsOf(name), ...(byEip.get(name) ?? [])],
    ofVip: (name) =>
      [...fipsOfTarget(asker, fips)(name), ...(byTarget.get(name) ?? [])].filter(
        ({ spec }) => spec.ipType === 'vip',
      ),
  };
}
