import { CniFault, type CniRequest } from '@berth/node/cni';
import { attachmentIn, type Environment, netnsIn, podIn, requiredPodIn } from './environment.ts';
import type { NetworkConfig } from './network-config.ts';

/** What the agent is asked for a command. Throws CniFault `invalid-environment`, `invalid-config`. */
export function requestOf(
  command: CniRequest['command'],
  environment: Environment,
  config: NetworkConfig,
): CniRequest {
  const { name: network, mtu } = config;
  const sandbox = () => ({
    network,
    attachment: attachmentIn(environment),
    netns: netnsIn(environment),
    pod: requiredPodIn(environment),
    ...(mtu !== undefined && { mtu }),
  });
  switch (command) {
    case 'ADD':
      return { command, ...sandbox() };
    case 'CHECK':
      return {
        command,
        ...sandbox(),
        addresses: config.previous ?? missing('prevResult', 'the result of ADD'),
      };
    case 'DEL': {
      const pod = podIn(environment);
      return { command, network, attachment: attachmentIn(environment), ...(pod && { pod }) };
    }
    case 'GC':
      return {
        command,
        network,
        valid: config.valid ?? missing('cni.dev/valid-attachments', 'what is to be kept'),
      };
    case 'STATUS':
      return { command };
  }
}

function missing(key: string, what: string): never {
  throw new CniFault(
    'invalid-config',
    `${key} is missing`,
    `the runtime has to give ${what} with this command`,
  );
}
