/**
 * The URL of a workspace on kcp's server: a trailing `/clusters/…` of the kubeconfig's server is replaced, else the
 * workspace is appended (product.md 3).
 * @param workspaceCluster logical cluster path or name: `root:team-a`.
 */
export function kcpServer(server: string, workspaceCluster: string): string {
  return underCluster(server, clusterPath(workspaceCluster));
}

/** `/clusters/root:team-a`. */
export function clusterPath(workspaceCluster: string): string {
  return `/clusters/${encodeURIComponent(workspaceCluster).replaceAll('%3A', ':')}`;
}

/** `server` with `path` in the place of a trailing `/clusters/…`, or appended. */
export function underCluster(server: string, path: string): string {
  return server.replace(/\/+$/, '').replace(/\/clusters\/[^/]+$/, '') + path;
}
