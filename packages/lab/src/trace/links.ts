/** A NIC in a network namespace of the lab. */
export type Link = {
  /** The namespace: `central`, `outside` or a node. */
  readonly place: string;
  readonly name: string;
  readonly mac: string;
  /** Whether it is up and has a carrier. */
  readonly isUp: boolean;
  /** The namespace that its other end is in, where it is another one with a name. */
  readonly peer: string | undefined;
};

/** Lines of `ip -o link show`, each with the namespace in front. */
export function readLinks(text: string): readonly Link[] {
  return text.split('\n').flatMap((line) => {
    const [, place, name, flags = ''] = /^(\S+) \d+: ([^\s:@]+)[^<]*<([^>]*)>/.exec(line) ?? [];
    if (place === undefined || name === undefined) return [];
    const words = flags.split(',');
    return {
      ...{ place, name },
      mac: / link\/ether (\S+)/.exec(line)?.[1] ?? '',
      isUp: words.includes('UP') && words.includes('LOWER_UP'),
      peer: / link-netns (\S+)/.exec(line)?.[1],
    };
  });
}
