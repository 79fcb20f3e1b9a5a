import { imageName } from './image.ts';

/** Where containerd answers, within the lab's own /run. */
export const runtimeSocket = '/run/containerd/containerd.sock';

/**
 * containerd's configuration, version 3. As its defaults are, but for what a machine like a container's refuses: a process
 * without CAP_SYS_RESOURCE makes nothing less likely to be killed, and overlays do not lie on every file system. AppArmor's
 * profiles would be those of the whole machine.
 */
export function containerdConfig(parts: { readonly binDir: string; readonly confDir: string }): string {
  return `version = 3
[grpc]
  address = '${runtimeSocket}'
[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'native'
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = '${imageName}'
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  disable_apparmor = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ['${parts.binDir}']
    conf_dir = '${parts.confDir}'
    use_internal_loopback = true
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = 'io.containerd.runc.v2'
    snapshotter = 'native'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      SystemdCgroup = false
`;
}

/**
 * kubelet's configuration. It works for pods as on any node; what it would do to the machine, which has more to do than this, is
 * off: no cgroups of its own, no iptables chains, no eviction.
 */
export const kubeletConfig = {
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: { anonymous: { enabled: false }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  enableServer: false,
  healthzPort: 0,
  containerRuntimeEndpoint: `unix://${runtimeSocket}`,
  cgroupDriver: 'cgroupfs',
  cgroupsPerQOS: false,
  enforceNodeAllocatable: [],
  failCgroupV1: false,
  failSwapOn: false,
  localStorageCapacityIsolation: false,
  evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%' },
  makeIPTablesUtilChains: false,
  oomScoreAdj: 0,
  resolvConf: '',
  nodeStatusUpdateFrequency: '2s',
  nodeLeaseDurationSeconds: 4,
} as const;
