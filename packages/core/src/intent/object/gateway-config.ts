import {
  type ConfigMap,
  externalGatewayConfigKeys,
  externalGatewayConfigName,
  externalGatewayConfigNamespace,
  refOf,
} from '@berth/api';
import { familyOf, type Ip, isUnicastMac, type Mac, parseIp, parseMac } from '@berth/net';
import type { Finding, ObjectRef } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { Lookup } from './lookup.ts';
import { notFound } from './subnet.ts';

/** What the ConfigMap `ovn-external-gw-config` says, as far as it can be read. */
export type GatewayConfig = {
  readonly ref: ObjectRef;
  /** Whether the default VPC is to have an external port. */
  readonly enabled: boolean;
  /** Nodes that are gateways beside the labelled ones. */
  readonly nodes: readonly string[];
  /** Next hops of the default VPC in place of the subnet's gateway, at most one per family. */
  readonly nextHops: readonly Ip[];
  /** Addresses asked for the default VPC's external port, at most one per family. */
  readonly addresses: readonly Ip[];
  readonly mac: Mac | undefined;
};

const keys = externalGatewayConfigKeys;

/** Path of a value of the ConfigMap. */
export const configField = (key: keyof typeof keys): string => `data.${keys[key]}`;

/** Reads the ConfigMap of the external gateway. A value that cannot be read counts as not given, with a finding. */
export function gatewayConfigOf(lookup: Pick<Lookup, 'ConfigMap' | 'Node'>): {
  readonly config: GatewayConfig | undefined;
  readonly findings: readonly Finding[];
} {
  const config = lookup.ConfigMap.get(`${externalGatewayConfigNamespace}/${externalGatewayConfigName}`);
  if (!config) return { config: undefined, findings: [] };
  const findings: Finding[] = [];
  const read = reader(config, findings);
  const enabled = one(config, 'enabled', read, findings);
  if (enabled !== undefined && enabled !== 'false' && meansNo.test(enabled))
    findings.push(
      invalid(
        config,
        'enabled',
        `${enabled} sets the gateway up, as everything but false does`,
        'write "false" to take it away, or "true"',
        'warning',
      ),
    );
  const type = one(config, 'type', read, findings);
  if (type !== undefined && type !== 'centralized' && type !== 'distributed')
    findings.push(
      invalid(config, 'type', `${type} is neither centralized nor distributed`, 'write one of the two'),
    );
  const nodes = read('nodes').filter((name) => {
    const known = lookup.Node.has(name);
    if (!known) findings.push(notFound(refOf(config), configField('nodes'), `node/${name}`));
    return known;
  });
  return {
    config: {
      ref: refOf(config),
      enabled: enabled !== 'false',
      nodes: type === 'distributed' ? [] : [...new Set(nodes)],
      nextHops: addressesOf(config, 'address', read('address'), findings),
      addresses: addressesOf(config, 'nicIp', read('nicIp'), findings),
      mac: macOf(config, one(config, 'nicMac', read, findings), findings),
    },
    findings,
  };
}

/** Reads the values of a key, with commas between; quotes that a word processor made are a finding of their own. */
function reader(config: ConfigMap, findings: Finding[]): (key: keyof typeof keys) => readonly string[] {
  return (key) => {
    const text = config.data[keys[key]] ?? '';
    if (/["'“”„‘’‚«»]/.test(text)) {
      findings.push(
        invalid(config, key, `${text} has quotation marks in it`, 'take the marks out, typographic ones too'),
      );
      return [];
    }
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  };
}

/** Words that people write for false, and that Kube-OVN takes for true. */
const meansNo = /^(?:false|no?|off|0|disabled?)$/i;

/** The one value that a key may have; more than one are a finding, and the first counts. */
function one(
  config: ConfigMap,
  key: keyof typeof keys,
  read: ReturnType<typeof reader>,
  findings: Finding[],
): string | undefined {
  const [first, ...others] = read(key);
  if (others.length > 0)
    findings.push(
      invalid(
        config,
        key,
        `${others.join(', ')} does not count beside ${first}`,
        'write one value',
        'warning',
      ),
    );
  return first;
}

function addressesOf(
  config: ConfigMap,
  key: 'address' | 'nicIp',
  texts: readonly string[],
  findings: Finding[],
): readonly Ip[] {
  const byFamily = new Map<string, Ip>();
  for (const text of texts) {
    const ip = parseIp(text.replace(/\/\d+$/, ''));
    const before = ip && byFamily.get(familyOf(ip));
    if (before && before !== ip)
      findings.push(
        invalid(
          config,
          key,
          `${text} does not count beside ${before}`,
          'write one of each family',
          'warning',
        ),
      );
    if (ip) byFamily.set(familyOf(ip), before ?? ip);
    else findings.push(invalid(config, key, `${text} is no address`, 'write an address, as 10.9.101.1/24'));
  }
  return [...byFamily.values()];
}

function macOf(config: ConfigMap, text: string | undefined, findings: Finding[]): Mac | undefined {
  if (text === undefined) return undefined;
  const mac = parseMac(text);
  if (mac && isUnicastMac(mac)) return mac;
  findings.push(
    invalid(config, 'nicMac', `${text} is no MAC address of one host`, 'write one, or leave it out'),
  );
  return undefined;
}

function invalid(
  config: ConfigMap,
  key: keyof typeof keys,
  message: string,
  cure: string,
  severity?: Finding['severity'],
): Finding {
  const found = configInvalid(refOf(config), configField(key), message, cure);
  return severity === undefined ? found : { ...found, severity };
}

/** The finding that a value of the ConfigMap cannot be used. */
export function configInvalid(object: ObjectRef, field: string, message: string, cure: string): Finding {
  return finding('config-invalid', { object, field, message, cure });
}
