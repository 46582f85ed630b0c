/** The fake registry host: it never resolves, so every pull uses the mirrors. */
export const REGISTRY = 'metalk8s-registry-from-config.invalid';
/** containerd's main configuration file. */
export const CONFIG_TOML = '/etc/containerd/config.toml';
/** containerd 2 reads mirrors from this file at each pull, without a restart. */
export const HOSTS_TOML = `/etc/containerd/certs.d/${REGISTRY}/hosts.toml`;

/** config.toml of MetalK8s 2.11 to 132: no space after the comma; an empty list if no registry is Ready. */
export function configToml(saltenv: string, endpoints: readonly string[]): string {
  const list = endpoints.map((endpoint) => `"${endpoint}"`).join(',');
  return `version = 2

[plugins]

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${REGISTRY}/${saltenv}/pause:3.9"

[plugins."io.containerd.grpc.v1.cri".registry]

[plugins."io.containerd.grpc.v1.cri".registry.mirrors]

[plugins."io.containerd.grpc.v1.cri".registry.mirrors."${REGISTRY}"]
endpoint = [${list}]

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = true

[debug]
level = "info"
`;
}

/** config.toml of 133 and later. */
export function configTomlV3(saltenv: string): string {
  return `version = 3

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "${REGISTRY}/${saltenv}/pause:3.9"

[plugins."io.containerd.cri.v1.images".registry]
  config_path = "/etc/containerd/certs.d"
`;
}

/** hosts.toml of 133 and later. */
export function hostsToml(endpoints: readonly string[]): string {
  return endpoints.map((endpoint) => `[host."${endpoint}"]\n  capabilities = ["pull", "resolve"]\n`).join('');
}

/** A yum repository file: one baseurl for each endpoint. */
export function yumRepo(name: string, saltenv: string, endpoints: readonly string[]): string {
  const urls = endpoints.map((endpoint) => `${endpoint}/${saltenv}/redhat/8/${name}-el8`);
  return `[${name}]\nname=${name}\nbaseurl=${urls.join('\n        ')}\nenabled=1\ngpgcheck=1\n`;
}
