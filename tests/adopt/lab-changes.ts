import type { Lab } from '@berth/lab';

/** A change of what forwards packets in a lab, and when it was, in milliseconds since 1970. */
export type LabChange = {
  /** A node, or `central` for the external wires. */
  readonly where: string;
  readonly what: string;
  readonly atMs: number;
};

/**
 * Notes every change of flows and ports in the nodes' switches, and of who is where on the external wires. It resolves once every switch is
 * listened to.
 */
export async function watchChanges(lab: Lab): Promise<{ stop(): Promise<readonly LabChange[]> }> {
  const flows = ['ovs-ofctl', '--timestamp', 'monitor', 'br-int', 'watch:!initial'];
  const listening = [
    ...lab.nodeNames.map((node) => listen(lab, node, flows)),
    listen(lab, 'central', ['bridge', '-tshort', 'monitor', 'fdb']),
  ];
  await Promise.all(listening.slice(0, -1).map(({ begun }) => begun));
  return {
    async stop() {
      const texts = await Promise.all(listening.map(({ end }) => end()));
      return texts.flatMap(({ where, text }) => changesIn(where, text));
    },
  };
}

function listen(lab: Lab, where: string, argv: readonly string[]) {
  // Its end is the end of standard input, so that it can be told from outside its PID namespace.
  const wrapper = 'export TZ=UTC; "$@" 2>&1 & pid=$!; read -r _; kill $pid; wait $pid';
  const child = lab.spawn(where, ['bash', '-c', wrapper, 'changes', ...argv]);
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    begin();
  });
  child.stderr.resume();
  child.stdin.on('error', () => {});
  child.on('error', () => {});
  child.on('close', () => {
    begin();
    close();
  });
  return {
    begun,
    async end() {
      child.stdin.end();
      await closed;
      return { where, text };
    },
  };
}

/**
 * Each begins with `2026-11-30 18:15:50.633: …` of ovs-ofctl(8), or `[2026-11-30T18:15:50.633000] …` of bridge(8); the lines that follow the former, one
 * for each flow, are its own.
 */
function changesIn(where: string, text: string): readonly LabChange[] {
  const [, ...parts] = text.split(/^\[?(\d{4}-\d\d-\d\d[ T][\d:]+\.\d{3})\d*[\]:] ?/m);
  return parts.flatMap((when, place): readonly LabChange[] => {
    if (place % 2 === 1) return [];
    const [head = '', first, ...rest] = (parts[place + 1] ?? '').trim().split('\n');
    const more = rest.length > 0 ? ` and ${rest.length} more` : '';
    const what = `${(first ?? head).trim().slice(0, 100)}${more}`;
    return [{ where, what, atMs: Date.parse(`${when.replace(' ', 'T')}Z`) }];
  });
}

/** How long before a packet was sent something may have changed that it is lost for, and how long after. */
const window = { beforeMs: 1_500, afterMs: 300 };

/** The changes that a packet which was sent then may be lost for, nearest first. */
export function changesAround(atMs: number, changes: readonly LabChange[]): readonly LabChange[] {
  return changes
    .filter((each) => each.atMs > atMs - window.beforeMs && each.atMs < atMs + window.afterMs)
    .toSorted((left, right) => Math.abs(left.atMs - atMs) - Math.abs(right.atMs - atMs));
}
