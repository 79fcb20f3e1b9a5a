import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { newMetrics } from '../../apps/controller/src/metrics.ts';
import { chartFiles, generateChart } from '../generate-chart.ts';
import { alerts } from './alerts.ts';
import { panels } from './dashboard.ts';
import { agentFlags, cniInstallFlags, controllerFlags, flagOf } from './flags.ts';
import { valuesSchema } from './values.ts';

const folder = join(import.meta.dirname, '../../charts/berth/templates');
const templates = new Map(
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
);
const allTemplates = [...templates.values()].join('\n');
const defaults: unknown = valuesSchema.parse({});

/** Paths of all values; maps that Kubernetes has a schema for are one value. */
function pathsOf(value: unknown, shape: unknown, path = ''): readonly string[] {
  if (typeof shape !== 'object' || shape === null || !('properties' in shape)) return [path];
  const parts = Object.entries(shape.properties as Record<string, unknown>);
  return parts.flatMap(([name, each]) => pathsOf(value, each, path === '' ? name : `${path}.${name}`));
}

describe('the generated files', () => {
  test('are as generated', async () => {
    expect(await generateChart({ check: true })).toEqual([]);
  });

  test('values.yaml has the defaults of the schema', () => {
    expect(parse(chartFiles().get('values.yaml') ?? '')).toEqual(defaults);
  });

  test.each([
    ['a name that is none', { controler: {} }],
    ['a level that is none', { controller: { logLevel: 'loud' } }],
    ['no pod', { controller: { replicas: 0 } }],
    ['a number for a text', { ovn: { nb: 6641 } }],
  ])('%s is refused', (_, values) => {
    expect(valuesSchema.safeParse(values).success).toBe(false);
  });
});

describe('the templates', () => {
  const schema: unknown = JSON.parse(chartFiles().get('values.schema.json') ?? '');
  const paths = pathsOf(defaults, schema);

  test('use no value that there is not', () => {
    const used = [...allTemplates.matchAll(/\.Values\.([A-Za-z][\w.]*)/g)].map(([, path = '']) => path);
    const isThere = (path: string): boolean =>
      paths.some((each) => each === path || each.startsWith(`${path}.`));
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter((path) => !isThere(path))).toEqual([]);
  });

  test('use every value', () => {
    const unused = paths.filter((path) => !new RegExp(`\\.${path.split('.').at(-1)}\\b`).test(allTemplates));
    expect(unused).toEqual([]);
  });

  /** Flags that a pod does not need: it is in its cluster, and its name is its own. */
  const ofThePod = ['kubeconfig', 'context', 'identity', 'version', 'help', 'file', 'state'];
  test.each([
    ['controller-deployment.yaml', controllerFlags()],
    ['agent-daemonset.yaml', agentFlags()],
    ['_cni.tpl', cniInstallFlags()],
  ] as const)('%s gives every flag of its program, and no other', (name, flags) => {
    const helpers = name === '_cni.tpl' ? '' : templates.get('_helpers.tpl');
    const text = `${templates.get(name)}${helpers}`;
    const given = [...text.matchAll(/^ *- --([a-z-]+)/gm)].map(([, flag = '']) => flag);
    const wanted = [...flags.keys()].filter((flag) => !ofThePod.includes(flag));
    expect(given.toSorted()).toEqual(wanted.toSorted());
  });

  test('a flag that a program does not have is told', () => {
    expect(() => flagOf(controllerFlags(), 'nob')).toThrow('--nob');
    expect(flagOf(agentFlags(), 'ovs').default).toBe('unix:/run/openvswitch/db.sock');
  });
});

describe('alerts and dashboard', () => {
  /** The metrics that an expression reads. */
  function namesOf(expr: string): readonly string[] {
    return [...expr.matchAll(/\b((?:berth|process|nodejs)_\w+)\b/g)].map(([, name = '']) => name);
  }

  test.each([
    ...alerts.map(({ alert, expr }) => [alert, expr]),
    ...panels.map(({ title, expr }) => [title, expr]),
  ])('%s reads what the controller exports', async (_, expr = '') => {
    const exported = new Map(
      (await newMetrics().registry.getMetricsAsJSON()).map(({ name, type }) => [name, String(type)]),
    );
    const read = namesOf(expr);
    expect(read.length).toBeGreaterThan(0);
    const unknown = read.filter((name) => {
      const base = name.replace(/_(bucket|count|sum)$/, '');
      return !exported.has(name) && exported.get(base) !== 'histogram';
    });
    expect(unknown).toEqual([]);
  });
});
