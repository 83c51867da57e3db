import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'yaml';
import { cgroupRoot } from './cgroups.js';
import { hostAddress, nodeAddress, podRange } from './network.js';

export const pauseImage = 'localhost/pause:1';

/** The files of a node, all below one folder. */
export interface NodePaths {
  readonly folder: string;
  readonly socket: string;
  readonly kubeconfig: string;
}

/** Writes what containerd, kubelet and kube-proxy are told, and gives the script that runs them. */
export function writeNodeFiles(paths: NodePaths, binaries: { kubelet: string; 'kube-proxy': string }): string {
  const file = (name: string, content: string): string => {
    const path = `${paths.folder}/${name}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  const containerd = file('containerd.toml', containerdConfig(paths));
  file('cni/10-bridge.conflist', JSON.stringify(network(paths)));
  const kubelet = file('kubelet.yaml', stringify(kubeletConfig(paths, file('resolv.conf', 'options timeout:1\n'))));
  const proxy = file('kube-proxy.yaml', stringify(proxyConfig(paths)));
  const logged = (name: string, command: string): string => `${command} >${paths.folder}/${name}.log 2>&1 &`;
  return file(
    'node.sh',
    [
      // What they leave outside of their folder goes with the mounts.
      'for at in /run/netns /var/lib/cni /var/log; do mkdir -p $at; mount -t tmpfs none $at; done',
      'mount --make-rshared /',
      logged('containerd', `containerd --config ${containerd}`),
      logged('kube-proxy', `${binaries['kube-proxy']} --config=${proxy}`),
      // The kubelet ends when it is there first.
      `until ctr --address ${paths.socket} version >/dev/null 2>&1; do sleep 0.1; done`,
      logged(
        'kubelet',
        `${binaries.kubelet} --config=${kubelet} --kubeconfig=${paths.kubeconfig} --root-dir=${paths.folder}/kubelet ` +
          `--node-ip=${nodeAddress} --hostname-override=real-node`,
      ),
      'wait',
    ].join('\n'),
  );
}

function containerdConfig({ folder, socket }: NodePaths): string {
  return `version = 2
root = "${folder}/data/containerd"
state = "${folder}/data/containerd-state"
oom_score = 0
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
address = "${socket}"
[ttrpc]
address = "${socket}.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${pauseImage}"
# Without CAP_SYS_RESOURCE a lower score is refused, and every Pod with it.
restrict_oom_score_adj = true
disable_apparmor = true
stream_server_address = "127.0.0.1"
[plugins."io.containerd.grpc.v1.cri".containerd]
default_runtime_name = "runc"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${folder}/cni"
`;
}

function network({ folder }: NodePaths): object {
  const ranges = [[{ subnet: podRange }]];
  const ipam = { type: 'host-local', dataDir: `${folder}/data/ipam`, ranges, routes: [{ dst: '0.0.0.0/0' }] };
  return {
    cniVersion: '0.4.0',
    name: 'kcs',
    plugins: [{ type: 'bridge', bridge: 'cni0', isGateway: true, ipMasq: false, hairpinMode: true, ipam }],
  };
}

/** Nobody but the API server reaches the kubelet's port, so it asks nobody who they are. */
function kubeletConfig({ folder, socket }: NodePaths, resolvConf: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${socket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    makeIPTablesUtilChains: false,
    address: nodeAddress,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    resolvConf,
    crashLoopBackOff: { maxContainerRestartPeriod: '2s' },
    podLogsDir: `${folder}/pod-logs`,
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
  };
}

function proxyConfig({ kubeconfig }: NodePaths): object {
  const none = '0s';
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig },
    hostnameOverride: 'real-node',
    clusterCIDR: podRange,
    nodePortAddresses: [`${hostAddress}/30`],
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: none, tcpCloseWaitTimeout: none },
  };
}
