import { type Attachment, CniFault, defaultAgentSocket } from '@berth/node/cni';

/** A network configuration as a runtime gives it to a plugin (CNI 1.1, section 3), as far as we go by it. */
export type NetworkConfig = {
  readonly name: string;
  /** Unix socket of the node's agent. */
  readonly agentSocket: string;
  /** Of the pods' interfaces; undefined: as the Subnet says, or the largest that fits. */
  readonly mtu: number | undefined;
  /** Given back with the result. */
  readonly dns: object;
  /** Addresses of the result before, with prefix lengths; undefined where there was none. */
  readonly previous: readonly string[] | undefined;
  /** What GC is to keep; undefined where it is not said. */
  readonly valid: readonly Attachment[] | undefined;
};

type JsonObject = Readonly<Record<string, unknown>>;

const namePattern = /^[A-Za-z0-9][\w.-]*$/;

const smallestMtu = 68;
const largestMtu = 65_535;

/** Throws CniFault `not-decodable` when the text is not a JSON object. */
export function parseConfig(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    throw new CniFault('not-decodable', `the network configuration is no JSON: ${(error as Error).message}`);
  }
  throw new CniFault('not-decodable', 'the network configuration is no JSON object');
}

/**
 * Reads a configuration. Fields that we do not know are left alone; those that ask for what we do not do are refused. Throws CniFault
 * `unsupported-field`, `invalid-config`.
 */
export function readConfig(config: JsonObject): NetworkConfig {
  refuseUnsupported(config);
  const { name, agentSocket = defaultAgentSocket, mtu = 0, dns = {} } = config;
  if (typeof name !== 'string' || !namePattern.test(name)) {
    throw invalid('name', name, 'it begins with a letter or digit, and has those, _ . - only');
  }
  if (typeof agentSocket !== 'string' || !agentSocket.startsWith('/')) {
    throw invalid('agentSocket', agentSocket, 'it is the absolute path of the agent’s socket');
  }
  if (!isMtu(mtu)) throw invalid('mtu', mtu, `it is 0, or a number from ${smallestMtu} to ${largestMtu}`);
  if (!isObject(dns)) throw invalid('dns', dns, 'it is an object');
  return {
    name,
    agentSocket,
    mtu: mtu === 0 ? undefined : mtu,
    dns,
    previous: previousOf(config['prevResult']),
    valid: validOf(config['cni.dev/valid-attachments']),
  };
}

/** Addresses are the controller’s to give, and so is what leaves a VPC: a configuration that wants it otherwise is told so. */
function refuseUnsupported({ ipam, ipMasq }: JsonObject): void {
  if (isObject(ipam) && Object.keys(ipam).length > 0) {
    throw unsupported('ipam', ipam, 'addresses come from the Subnet of the pod: leave ipam out');
  }
  if (ipMasq === true) throw unsupported('ipMasq', true, 'make an OvnSnatRule, and leave ipMasq out');
}

function previousOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw invalid('prevResult', value, 'it is the result of ADD');
  const ips = value['ips'] ?? [];
  if (!Array.isArray(ips)) throw invalid('prevResult.ips', ips, 'it is a list');
  return ips.map((ip: unknown) => {
    if (isObject(ip) && typeof ip['address'] === 'string') return ip['address'];
    throw invalid('prevResult.ips', ips, 'each has an address');
  });
}

function validOf(value: unknown): readonly Attachment[] | undefined {
  if (value === undefined || value === null) return undefined;
  const key = 'cni.dev/valid-attachments';
  if (!Array.isArray(value)) throw invalid(key, value, 'it is a list');
  return value.map((each: unknown) => {
    const { containerID: containerId, ifname } = isObject(each) ? each : {};
    if (typeof containerId === 'string' && typeof ifname === 'string') return { containerId, ifname };
    throw invalid(key, each, 'each has containerID and ifname');
  });
}

function isMtu(value: unknown): value is number {
  if (typeof value !== 'number' || !Number.isInteger(value)) return false;
  return value === 0 || (value >= smallestMtu && value <= largestMtu);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unsupported(key: string, value: unknown, cure: string): CniFault {
  return new CniFault('unsupported-field', `${key} is not supported: ${JSON.stringify(value)}`, cure);
}

function invalid(key: string, value: unknown, why: string): CniFault {
  return new CniFault(
    'invalid-config',
    `${key} of the network configuration is ${JSON.stringify(value) ?? 'missing'}`,
    why,
  );
}
