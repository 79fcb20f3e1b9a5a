import { type Attachment, CniFault, type SandboxPod } from '@berth/node/cni';

/** What a runtime says by its environment (CNI 1.1, section 2, "Parameters"). */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The longest name of an interface, less its final zero (IFNAMSIZ). */
const longestIfname = 15;

const containerIdPattern = /^[A-Za-z0-9][\w.-]*$/;

/** CNI_CONTAINERID and CNI_IFNAME. Throws CniFault `invalid-environment`. */
export function attachmentIn(environment: Environment): Attachment {
  const containerId = required(environment, 'CNI_CONTAINERID');
  if (!containerIdPattern.test(containerId)) {
    throw invalid(
      'CNI_CONTAINERID',
      containerId,
      'it begins with a letter or digit, and has those, _ . - only',
    );
  }
  const ifname = required(environment, 'CNI_IFNAME');
  if (ifname.length > longestIfname || /[\s/:]/.test(ifname) || ifname === '.' || ifname === '..') {
    throw invalid(
      'CNI_IFNAME',
      ifname,
      `an interface has up to ${longestIfname} characters, none of them / : or space`,
    );
  }
  return { containerId, ifname };
}

/** CNI_NETNS. Throws CniFault `invalid-environment`. */
export function netnsIn(environment: Environment): string {
  const netns = required(environment, 'CNI_NETNS');
  if (!netns.startsWith('/')) throw invalid('CNI_NETNS', netns, 'it is the path of a network namespace');
  return netns;
}

/** The pod of CNI_ARGS; undefined where none is named. Throws CniFault `invalid-environment` when it is not readable. */
export function podIn(environment: Environment): SandboxPod | undefined {
  const text = environment['CNI_ARGS'] ?? '';
  const pairs = text.split(';').filter((pair) => pair !== '');
  const wrong = pairs.find((pair) => !pair.includes('='));
  if (wrong !== undefined) throw invalid('CNI_ARGS', text, `"${wrong}" is no KEY=VALUE`);
  const words = new Map(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  const namespace = words.get('K8S_POD_NAMESPACE') ?? '';
  const name = words.get('K8S_POD_NAME') ?? '';
  const uid = words.get('K8S_POD_UID') ?? '';
  if (namespace === '' || name === '') return undefined;
  return { namespace, name, ...(uid !== '' && { uid }) };
}

/** As {@link podIn}, where there has to be one. */
export function requiredPodIn(environment: Environment): SandboxPod {
  const pod = podIn(environment);
  if (pod) return pod;
  throw new CniFault(
    'invalid-environment',
    'CNI_ARGS names no pod: K8S_POD_NAMESPACE and K8S_POD_NAME are missing',
    'berth-cni attaches pods of a Kubernetes cluster; a kubelet’s runtime names them',
  );
}

function required(environment: Environment, name: string): string {
  const value = environment[name] ?? '';
  if (value !== '') return value;
  throw new CniFault(
    'invalid-environment',
    `${name} is missing`,
    'the runtime has to set it for this command',
  );
}

function invalid(name: string, value: string, why: string): CniFault {
  return new CniFault('invalid-environment', `${name} is "${value}"`, why);
}
