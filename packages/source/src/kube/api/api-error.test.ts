import { expect, test } from 'vitest';
import { ApiError, faultOf } from './api-error.ts';

const server = 'https://192.0.2.1';
const saying = (status: number, message: string, reason = '') =>
  faultOf(new ApiError(status, reason, message), 'storing ovn-fip/web', server);

test('a right that is missing is cured by a role, what a webhook or a quota refuses is not', () => {
  const right = saying(
    403,
    'ovn-fips.kubeovn.io "web" is forbidden: User "berth" cannot patch resource "ovn-fips/status" in API group "kubeovn.io" at the cluster scope',
  );
  expect(right).toMatchObject({ code: 'forbidden', retry: 'backoff' });
  expect(right.message).toMatch(/grant it with the ClusterRole that comes with Berth$/);
  const own = [
    'admission webhook "policy.example.org" denied the request: team-a may not have public addresses',
    "ovn-fips.kubeovn.io \"web\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p' denied request: no",
    'events.events.k8s.io "web.1" is forbidden: exceeded quota: small, requested: count/events=1',
  ];
  for (const text of own) {
    const fault = saying(403, text, 'Forbidden');
    expect(fault).toMatchObject({ code: 'write-refused', retry: 'backoff' });
    expect(fault.message).toContain(`storing ovn-fip/web: ${text}; `);
    expect(fault.message).not.toContain('ClusterRole');
  }
});
