/** Sets that matches name on a datapath; undefined for one that there is not there. */
export type NamedSets = {
  /** The addresses of `$name`. */
  addresses(name: string): readonly string[] | undefined;
  /** The ports of `@name` that the datapath has. */
  ports(name: string): readonly string[] | undefined;
  /** Whether the OVN is newer than 23.03, and may know fields and functions that 23.03 does not. */
  readonly isNewer?: boolean | undefined;
};
