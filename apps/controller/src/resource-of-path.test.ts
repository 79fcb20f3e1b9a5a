import { expect, test } from 'vitest';
import { resourceOfPath } from './resource-of-path.ts';

test.each([
  ['/api/v1/pods', 'pods'],
  ['/api/v1/namespaces', 'namespaces'],
  ['/api/v1/namespaces/kube-system', 'namespaces'],
  ['/api/v1/namespaces/kube-system/configmaps', 'configmaps'],
  ['/apis/kubeovn.io/v1/ovn-fips/web', 'ovn-fips'],
  ['/apis/kubeovn.io/v1/ovn-fips/web/status', 'ovn-fips/status'],
  ['/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/berth-controller', 'leases'],
  ['/readyz', 'other'],
])('%s is about %s', (path, resource) => {
  expect(resourceOfPath(path)).toBe(resource);
});
