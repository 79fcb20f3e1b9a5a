import { CliFault } from '../context/cli-fault.ts';
import { type Connection, type Packets, type Probing, podsBehind } from './probing.ts';

/** The pods of a lab, as NAMESPACE/NAME, and where that is. */
type Ends = { readonly lab: string; readonly pods: readonly string[] };

const cure =
  'have it attached: berth run and berth apply do that on a lab, and in a cluster kubelet with berth-cni; see berth status for what is in the way';

/**
 * What can be sent where pods are that have no network namespace: nothing leaves them or answers there, and of the rest it is told what was left
 * out. Throws CliFault `cannot-tell` where nothing is left.
 */
export function betweenEnds<Sent extends Packets>(sent: Sent, { lab, pods }: Ends): Sent {
  const known = new Set(pods);
  const isAway = (pod: string): boolean => pod !== 'outside' && !known.has(pod);
  const away = [...new Set([...sent.probings.flatMap(podsOf), ...sent.connections.flatMap(endsOf)])].filter(
    isAway,
  );
  if (away.length === 0) return sent;
  const probings = sent.probings.filter((each) => !podsOf(each).some(isAway));
  const connections = sent.connections.flatMap((each) => {
    const backends = each.backends.filter(({ place }) => !isAway(place));
    if (isAway(each.from) || (backends.length === 0 && each.backends.length > 0)) return [];
    const others = (each.others ?? 0) + each.backends.length - backends.length;
    return [{ ...each, backends, ...(others > 0 && { others }) }];
  });
  const names = away.map((pod) => `pod/${pod}`).join(', ');
  const what = `${names} ${away.length > 1 ? 'are' : 'is'} not attached on lab ${lab}`;
  if (probings.length + connections.length === 0) {
    const each = away.length > 1 ? 'they have no interfaces' : 'it has no interface';
    throw new CliFault('cannot-tell', `${what}: ${each} to send packets from or to`, cure);
  }
  const untried = [sent.untried, what].filter((each) => each !== undefined).join('; ');
  return { ...sent, probings, connections, untried };
}

function podsOf(probing: Probing): readonly string[] {
  const { outbound } = probing;
  return [...podsBehind(probing), ...(outbound ? [outbound.pod] : [])];
}

function endsOf({ from, backends }: Connection): readonly string[] {
  return [from, ...backends.map(({ place }) => place)];
}
