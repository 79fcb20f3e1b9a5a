import { z } from 'zod';
import { CniFault } from '../cni/cni-fault.ts';
import type { CniRequest } from '../cni/wire.ts';

const attachment = z.object({ containerId: z.string().min(1), ifname: z.string().min(1) });
const pod = z.object({
  namespace: z.string().min(1),
  name: z.string().min(1),
  uid: z.string().exactOptional(),
});
const onAttachment = { network: z.string(), attachment };
const sandbox = { ...onAttachment, netns: z.string().startsWith('/'), pod, mtu: z.int().exactOptional() };

/** Fields that we do not know are of a newer plugin, and left alone. */
const requestSchema = z.discriminatedUnion('command', [
  z.object({ command: z.literal('ADD'), ...sandbox }),
  z.object({ command: z.literal('CHECK'), ...sandbox, addresses: z.array(z.string()) }),
  z.object({ command: z.literal('DEL'), ...onAttachment, pod: pod.exactOptional() }),
  z.object({ command: z.literal('GC'), network: z.string(), valid: z.array(attachment) }),
  z.object({ command: z.literal('STATUS') }),
]);

/** Reads a line of the plugin. Throws CniFault `internal`. */
export function readRequest(line: string): CniRequest {
  try {
    return requestSchema.parse(JSON.parse(line));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new CniFault(
      'internal',
      `the agent does not understand berth-cni: ${why}`,
      'they are of different releases: install both from one',
    );
  }
}
