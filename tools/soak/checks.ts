import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SoakStage } from './stage.ts';
import { isEmpty, type Wish } from './wish.ts';

/** What is read of `berth plan -o json`. */
type Plan = {
  readonly changes: readonly {
    readonly verb: string;
    readonly table: string;
    readonly key: readonly string[];
  }[];
};

/** What is read of `berth explain TARGET -o json`. */
type Explanation = {
  readonly now: { readonly outcome: string };
  readonly berth: { readonly node: string } | null;
};

/** What is read of `berth probe TARGET -o json`. */
type Probe = { readonly reachable: boolean; readonly answers: readonly { readonly node: string | null }[] };

/** How long all may take to be as it is wanted, once nothing is broken any more. */
const restMs = 120_000;

/** What is not as it must be once nothing is broken; empty when all is well. */
export async function faultsAtRest(stage: SoakStage, wish: Wish): Promise<readonly string[]> {
  const unrest = await untilAtRest(stage);
  if (unrest !== undefined) return [unrest];
  const faults: string[] = [];
  for (const name of wish.floatingIps.keys()) {
    const fault = await worksAndIsTold(stage, `fip/${name}`);
    if (fault !== undefined) faults.push(fault);
  }
  return faults;
}

/** Waits until NB is as the folder asks and `status` has nothing to complain of; gives what is left to complain of. */
async function untilAtRest(stage: SoakStage): Promise<string | undefined> {
  const untilMs = performance.now() + restMs;
  for (;;) {
    const plan = await stage.berth('plan', '-f', `${stage.scratch}/folder`, '-o', 'json');
    const changes = plan.stdout === '' ? undefined : (JSON.parse(plan.stdout) as Plan).changes;
    const status = await stage.berth('status');
    const isRight = changes?.length === 0 && status.exitCode === 0;
    if (isRight) return undefined;
    if (performance.now() > untilMs)
      return [
        `not at rest after ${restMs / 1000} s: plan exits ${plan.exitCode}: ${plan.stderr}`,
        ...(changes ?? []).map(({ verb, table, key }) => `${verb} ${table} ${key.join(' ')}`),
        `status exits ${status.exitCode}: ${status.stdout}${status.stderr}`,
      ].join('\n');
    await sleep(500);
  }
}

/** A floating IP whose pod runs works, is told to, and is answered where it is told to be. Looked at thrice before it is a fault. */
async function worksAndIsTold(stage: SoakStage, target: string): Promise<string | undefined> {
  let fault: string | undefined;
  for (let tries = 0; tries < 3; tries += 1) {
    fault = await differenceAt(stage, target);
    if (fault === undefined) return undefined;
    await sleep(3_000);
  }
  return fault;
}

async function differenceAt(stage: SoakStage, target: string): Promise<string | undefined> {
  const [told, seen] = await Promise.all([
    stage.berth('explain', target, '-o', 'json'),
    stage.berth('probe', target, '-o', 'json'),
  ]);
  if (told.stdout === '' || seen.stdout === '')
    return `${target}: explain exits ${told.exitCode}: ${told.stderr}; probe exits ${seen.exitCode}: ${seen.stderr}`;
  const { now, berth } = JSON.parse(told.stdout) as Explanation;
  const { reachable, answers } = JSON.parse(seen.stdout) as Probe;
  const nodes = answers.map(({ node }) => node);
  const isRight = now.outcome === 'delivered' && reachable && nodes.every((node) => node === berth?.node);
  return isRight
    ? undefined
    : `${target}: told ${now.outcome} at ${berth?.node}; ${reachable ? 'reachable' : 'NOT reachable'}, ${nodes.join(' ')} answers\n${told.stdout}\n${seen.stdout}`;
}

/** A digest of the rows that are somebody else's. */
export async function foreignDigest(stage: SoakStage): Promise<string> {
  const text = await stage.central(`
    ovn-nbctl show foreign; ovn-nbctl show foreign-lan; ovn-nbctl lr-route-list foreign
    ovn-nbctl lr-policy-list foreign; ovn-nbctl acl-list foreign-lan; ovn-nbctl list Load_Balancer foreign-lb; ovn-nbctl ls-lb-list foreign-lan
    ovn-nbctl list Logical_Router_Port foreign-lan; ovn-nbctl list Logical_Switch_Port foreign-pod`);
  return createHash('sha256').update(text).digest('hex');
}

/** What is left in NB and on the nodes once nothing is wanted, as lines to compare with those of another time. */
export async function leftBehind(stage: SoakStage, wish: Wish): Promise<readonly string[]> {
  if (!isEmpty(wish)) throw new RangeError('something is wanted');
  const rows = await stage.central(`
    for table in Logical_Router Logical_Switch Logical_Router_Port Logical_Switch_Port NAT Logical_Router_Static_Route \\
      Logical_Router_Policy Gateway_Chassis HA_Chassis_Group HA_Chassis BFD Load_Balancer Address_Set Port_Group DHCP_Options; do
      ovn-nbctl --format=csv --no-headings --columns=_uuid list $table | sed "s/.*/$table/" | sort | uniq -c
    done`);
  const nodes = await Promise.all(
    stage.lab.nodeNames.map(async (node) => {
      const text = await stage.at(
        node,
        `ovs-vsctl --columns=external_ids list Open_vSwitch . | tr ',' '\\n' | grep -v -e ovn-installed -e hostname | sort
         for bridge in $(ovs-vsctl list-br | grep -v br-int); do
           echo $bridge; ovs-vsctl list-ports $bridge
           ovs-ofctl dump-flows $bridge --no-stats 2>/dev/null | sort
         done`,
      );
      return text.split('\n').map((line) => `${node}: ${line}`);
    }),
  );
  return [...rows.split('\n'), ...nodes.flat()].filter((line) => line.trim() !== '');
}
