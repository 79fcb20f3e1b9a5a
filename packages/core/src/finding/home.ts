/** Where the objects behind an OVN live: in a folder of YAML, in a cluster, or in the cluster that a lab has of its own. */
export type Home = 'folder' | 'cluster' | 'lab-cluster';

/** What a user has things done with there, as it is typed. */
export type Ways = {
  /** Keeps OVN as the objects say. */
  readonly controller: string;
  /** Does it once; undefined where there is no such thing. */
  readonly once: string | undefined;
  /** Shows what is yet to be done. */
  readonly plan: string;
  /** Takes over what is there already, and lets go of what is kept of that. */
  readonly adopt: string;
};

const ofCluster = { once: undefined, plan: 'berth plan --kube', adopt: 'berth adopt --kube' };

const ways: Readonly<Record<Home, Ways>> = {
  folder: { controller: 'berth run', once: 'berth apply', plan: 'berth plan', adopt: 'berth adopt' },
  cluster: { controller: 'berth-controller', ...ofCluster },
  'lab-cluster': { controller: 'berth run --kube', ...ofCluster },
};

const anyWays: Ways = {
  controller: 'the controller',
  once: undefined,
  plan: 'berth plan',
  adopt: 'berth adopt',
};

/** The ways of a home; where that is not known, words that fit all. The one place where cures take them from. */
export function waysOf(home: Home | undefined): Ways {
  return home === undefined ? anyWays : ways[home];
}

/** What to do where no controller is at work. */
export function startingText(home: Home | undefined): string {
  const { controller, once } = waysOf(home);
  return `start ${controller}${once === undefined ? '' : `, or do it once with ${once}`}`;
}
