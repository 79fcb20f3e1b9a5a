/** What the API server's authorizer says where RBAC does not allow something (`responsewriters.Forbidden` of k8s.io/apiserver). */
const lack = /User ".*?" cannot (\S+) (?:resource "([^"]+)" in API group "([^"]*)"|path "[^"]*")/;

/** Verb, resource and API group of what RBAC does not allow; undefined for what others refuse with the same status. */
export function lacksRight(message: string): RegExpExecArray | undefined {
  return lack.exec(message) ?? undefined;
}
