/** The resource of an API path, without names: `ovn-fips`, `ovn-fips/status`, `leases`. */
export function resourceOfPath(path: string): string {
  const words = path.split('/').filter((word) => word !== '');
  // Before it: `api/VERSION` or `apis/GROUP/VERSION`, and perhaps `namespaces/NAME`.
  const own = words.slice(words[0] === 'api' ? 2 : 3);
  const isNamespaced = own[0] === 'namespaces' && own.length > 2;
  const [resource = 'other', _name, subresource] = isNamespaced ? own.slice(2) : own;
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}
