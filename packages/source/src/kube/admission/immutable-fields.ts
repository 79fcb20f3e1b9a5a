/** A field that an object must not change while it is in use, by its expressions. */
export type ImmutableField = {
  readonly field: string;
  /** The value it has had, and the one it is to get; both are texts. */
  readonly before: string;
  readonly after: string;
  /** Whether the change is none. */
  readonly isKept: string;
};

const textOf = (object: string, name: string): string => `${object}.spec.?${name}.orValue('')`;
const given = (name: string): string => `oldObject.?status.${name}.orValue('')`;

/**
 * The address of an EIP: what it has been given counts as its value, whether its spec says so or not. Leaving the field out
 * again changes nothing.
 */
const addresses = ['v4Ip', 'v6Ip', 'macAddress'].map((name): ImmutableField => {
  const before = `(${textOf('oldObject', name)} != '' ? ${textOf('oldObject', name)} : ${given(name)})`;
  const after = textOf('object', name);
  return {
    field: `spec.${name}`,
    before,
    after,
    isKept: `${after} == '' || ${after} == ${before} || ${before} == ''`,
  };
});

const others = [
  { name: 'externalSubnet', isKept: (before: string, after: string) => `${after} == ${before}` },
  {
    name: 'type',
    isKept: (before: string, after: string) =>
      `${after} == ${before} || (${after} in ['', 'nat'] && ${before} in ['', 'nat'])`,
  },
].map(({ name, isKept }): ImmutableField => {
  const [before, after] = [textOf('oldObject', name), textOf('object', name)];
  return { field: `spec.${name}`, before, after, isKept: isKept(before, after) };
});

/** What an OvnEip keeps while rules use it. */
export const eipFields: readonly ImmutableField[] = [...addresses, ...others];

/** The sorts of rules that use an OvnEip now; an empty text for none. */
export const eipUse = "request.operation == 'UPDATE' ? oldObject.?status.nat.orValue('') : ''";
