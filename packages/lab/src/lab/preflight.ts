import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LabFault } from '../fault.ts';

/** Programs a lab runs, and the Debian package of each. */
const programs: Readonly<Record<string, string>> = {
  bash: 'bash',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  setsid: 'util-linux',
  stdbuf: 'coreutils',
  flock: 'util-linux',
  mount: 'mount',
  sysctl: 'procps',
  ip: 'iproute2',
  bridge: 'iproute2',
  ethtool: 'ethtool',
  ping: 'iputils-ping',
  awk: 'mawk',
  'ovsdb-server': 'openvswitch-switch',
  'ovsdb-tool': 'openvswitch-common',
  'ovsdb-client': 'openvswitch-common',
  'ovs-vswitchd': 'openvswitch-switch',
  'ovs-vsctl': 'openvswitch-switch',
  'ovs-ofctl': 'openvswitch-common',
  'ovn-northd': 'ovn-central',
  'ovn-controller': 'ovn-host',
  'ovn-appctl': 'ovn-common',
  'ovn-sbctl': 'ovn-common',
};

const setUp = 'run `make setup`, or install the packages yourself';

/** Directories where administrators' programs are, which an ordinary user's PATH may lack. */
const administratorPath = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** PATH with the administrators' directories. */
export function fullPath(path: string | undefined): string {
  const given = (path ?? '').split(delimiter).filter((directory) => directory !== '');
  return [...new Set([...given, '/usr/local/bin', '/usr/bin', '/bin', ...administratorPath])].join(delimiter);
}

/** Refuses a machine that lacks a program, naming every missing one at once, or whose tun device cannot be used. */
export function checkMachine(path: string): { readonly ovnSchemas: string; readonly vswitchSchemas: string } {
  const directories = path.split(delimiter);
  const missing = Object.keys(programs).filter(
    (program) => !directories.some((directory) => isExecutable(join(directory, program))),
  );
  const ovnSchemas = schemaDirectory('ovn', 'ovn-nb.ovsschema');
  const vswitchSchemas = schemaDirectory('openvswitch', 'vswitch.ovsschema');
  if (missing.length > 0 || ovnSchemas === undefined || vswitchSchemas === undefined) {
    const packages = new Set(missing.map((program) => programs[program]));
    if (ovnSchemas === undefined) packages.add('ovn-common');
    if (vswitchSchemas === undefined) packages.add('openvswitch-common');
    const what = missing.length > 0 ? missing.join(', ') : 'the OVSDB schemas of OVN and Open vSwitch';
    throw new LabFault(
      'lab-programs-missing',
      `a lab needs programs that are not on this machine: ${what}`,
      `${setUp}: ${[...packages].sort().join(' ')}`,
    );
  }
  checkTun();
  return { ovnSchemas, vswitchSchemas };
}

function checkTun(): void {
  try {
    closeSync(openSync('/dev/net/tun', 'r+'));
  } catch (cause) {
    throw new LabFault(
      'lab-tun-unusable',
      '/dev/net/tun cannot be opened for reading and writing, which every bridge of a lab needs',
      'run as root, or let everyone use it as most distributions do: chmod 0666 /dev/net/tun',
      cause,
    );
  }
}

function schemaDirectory(product: string, file: string): string | undefined {
  return ['/usr/share', '/usr/local/share']
    .map((base) => join(base, product))
    .find((directory) => existsSync(join(directory, file)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
