import type { Fabric, NodeHealth } from '@berth/core';

/**
 * What gateway groups and nodes lack that they had before, one phrase each; nothing once agents and a controller have put everything back.
 * Which chassis are in a group may differ, how many are may not.
 */
export function stillMissing(before: Fabric, now: Fabric): readonly string[] {
  const groups = [...before.gateways].flatMap(([port, members]) => {
    const { length } = now.gateways.get(port) ?? [];
    return length < members.length ? [`${port} has ${length} of ${members.length} gateways`] : [];
  });
  const known = new Set(troublesOf(before));
  return [...groups, ...troublesOf(now).filter((trouble) => !known.has(trouble))];
}

function troublesOf({ dataPlane }: Fabric): readonly string[] {
  return (dataPlane?.reports ?? []).flatMap((report) =>
    healthTroubles(report).map((trouble) => `${report.node} ${trouble}`),
  );
}

function healthTroubles(report: NodeHealth): readonly string[] {
  return [
    ...(report.isFresh === false ? ['is silent'] : []),
    ...(report.ready === false ? ['is not ready'] : []),
    ...(report.controllerRuns === false ? ['says that ovn-controller does not run'] : []),
    ...(report.flowsInstalled === false ? ['has no flows'] : []),
    ...(report.fenced?.size ? ['is kept from answering'] : []),
    ...down(report.uplinks).map((network) => `does not reach ${network}`),
    ...down(report.tunnels).map((chassis) => `has no tunnel to ${chassis}`),
  ];
}

function down(states: ReadonlyMap<string, boolean> = new Map()): readonly string[] {
  return [...states].filter(([, isUp]) => !isUp).map(([name]) => name);
}
