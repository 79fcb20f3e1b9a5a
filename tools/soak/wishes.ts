import { floatingIpNames, podNames, vpcOf, vpcs, type Wish } from './wish.ts';

/** Draws from a list; undefined of an empty one. */
export type Draw = <T>(items: readonly T[]) => T | undefined;

/** Changes what is wanted, and says how; undefined when there was nothing to change. */
export type WishStep = (wish: Wish, draw: Draw) => string | undefined;

/** Everything that a user may change his mind about, each as often as it stands here. */
export const wishSteps: readonly WishStep[] = [
  putPod,
  putPod,
  putFloatingIp,
  putFloatingIp,
  putFloatingIp,
  dropFloatingIp,
  dropPod,
  turnSourceNat,
  turnForward,
  choosePolicy,
  turnGateway,
  turnCordon,
];

/** A pod is made, or made anew on another node. */
function putPod({ pods, nodes }: Wish, draw: Draw): string | undefined {
  const [name, node] = [draw(podNames), draw(nodes)];
  if (name === undefined || node === undefined || pods.get(name) === node) return undefined;
  pods.set(name, node);
  return `pod ${name} on ${node}`;
}

function dropPod({ pods, floatingIps, forwards }: Wish, draw: Draw): string | undefined {
  const name = draw([...pods.keys()]);
  if (name === undefined) return undefined;
  pods.delete(name);
  for (const [fip, { pod }] of floatingIps) if (pod === name) floatingIps.delete(fip);
  for (const [port, pod] of forwards) if (pod === name) forwards.delete(port);
  return `pod ${name} gone, with its rules`;
}

/** A floating IP is made, or gets another address, pod or type. A pod has one of them at most. */
function putFloatingIp({ pods, floatingIps }: Wish, draw: Draw): string | undefined {
  const name = draw(floatingIpNames);
  const taken = [...floatingIps].filter(([other]) => other !== name).map(([, { pod }]) => pod);
  const pod = draw([...pods.keys()].filter((each) => !taken.includes(each)));
  if (name === undefined || pod === undefined) return undefined;
  const place = floatingIpNames.indexOf(name);
  const host = draw([20 + place, 30 + place]) ?? 20;
  const type = draw(['distributed', 'centralized', undefined] as const);
  floatingIps.set(name, { host, pod, ...(type && { type }) });
  return `fip ${name} 10.9.101.${host} -> ${pod} ${type ?? ''}`;
}

function dropFloatingIp({ floatingIps }: Wish, draw: Draw): string | undefined {
  const name = draw([...floatingIps.keys()]);
  if (name === undefined) return undefined;
  floatingIps.delete(name);
  return `fip ${name} gone`;
}

function turnSourceNat({ sourceNat }: Wish, draw: Draw): string | undefined {
  const vpc = draw(vpcs);
  if (vpc === undefined) return undefined;
  if (!sourceNat.delete(vpc)) sourceNat.add(vpc);
  return `snat of ${vpc} ${sourceNat.has(vpc) ? 'on' : 'off'}`;
}

/** All forwards are of one address, and so of one VPC. */
function turnForward({ forwards, pods }: Wish, draw: Draw): string | undefined {
  const port = draw([8001, 8002]) ?? 8001;
  if (forwards.delete(port)) return `forward ${port} gone`;
  const pod = draw([...pods.keys()].filter((name) => vpcOf(name) === 'vpc1'));
  if (pod === undefined) return undefined;
  forwards.set(port, pod);
  return `forward ${port} -> ${pod}`;
}

function choosePolicy(wish: Wish, draw: Draw): string {
  wish.policy = draw([
    undefined,
    { placement: 'Distributed' },
    { placement: 'Centralized', onGatewayLoss: 'Block' },
    { placement: 'Centralized', onGatewayLoss: 'Distribute' },
    { placement: 'GatewayLocal' },
  ] as const);
  return `policy ${JSON.stringify(wish.policy ?? 'none')}`;
}

/** One gateway stays. */
function turnGateway({ gateways, cordoned, nodes }: Wish, draw: Draw): string | undefined {
  const node = draw(nodes);
  if (node === undefined) return undefined;
  const others = [...gateways].filter((name) => name !== node && !cordoned.has(name));
  if (gateways.has(node) && others.length === 0) return undefined;
  if (!gateways.delete(node)) gateways.add(node);
  return `${node} is ${gateways.has(node) ? 'a' : 'no'} gateway`;
}

function turnCordon({ gateways, cordoned, nodes }: Wish, draw: Draw): string | undefined {
  const node = draw(nodes);
  if (node === undefined) return undefined;
  const others = [...gateways].filter((name) => name !== node && !cordoned.has(name));
  if (!cordoned.has(node) && others.length === 0) return undefined;
  if (!cordoned.delete(node)) cordoned.add(node);
  return `${node} ${cordoned.has(node) ? 'cordoned' : 'uncordoned'}`;
}
