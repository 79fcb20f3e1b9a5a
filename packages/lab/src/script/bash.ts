/**
 * bash without start-up files. Given `-c` and a socket for its standard input, as Node gives it, bash takes itself for a
 * remote shell and reads ~/.bashrc, which may do anything and take any time.
 */
export const plainBash = ['bash', '--noprofile', '--norc'] as const;
