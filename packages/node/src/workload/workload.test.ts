import { expect, test } from 'vitest';
import { testWorkload } from '../testing/workload.ts';
import { configOf, hostInterfaceName } from './workload.ts';

test('the host end has a name of 15 characters that only depends on the port', () => {
  const names = Array.from({ length: 2_000 }, (_, place) => hostInterfaceName(`web-${place}.default`));
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^bth[0-9a-f]{12}$/);
  expect(hostInterfaceName('web-7.default')).toBe(names[7]);
});

test('the configuration tells apart all that a pod end is set up with', () => {
  const web = testWorkload('web');
  const others = [
    { ...web, netns: 'pod.default.web2' },
    { ...web, interfaceName: 'net1' },
    testWorkload('web', ['192.168.0.5/24']),
    testWorkload('web', ['192.168.0.4/16']),
    testWorkload('web', ['192.168.0.4/24'], []),
    testWorkload('web', ['192.168.0.4/24'], ['192.168.0.1'], '0a:00:00:00:00:05'),
    { ...web, mtu: 1400 },
    { ...web, routes: [{ dst: '10.0.0.0/8', gw: '192.168.0.9' }] } as unknown as typeof web,
  ];
  const texts = [web, ...others].map(configOf);
  expect(new Set(texts).size).toBe(texts.length);
  expect(configOf(testWorkload('web'))).toBe(texts[0]);
});
