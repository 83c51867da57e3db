import { AdminClient } from './admin-client.js';
import { ControlPlane } from './control-plane.js';
import type { Credentials } from './kubeconfig.js';

/** A running kcp as its administrator sees it. */
export class KcpAccess extends ControlPlane {
  /** The administrator's credentials with the URL of the workspace, for example root:tenant. */
  credentialsFor(workspacePath: string): Credentials {
    const credentials = this.credentials();
    return { ...credentials, server: `${new URL(credentials.server).origin}/clusters/${workspacePath}` };
  }

  /** The administrator of one workspace. */
  client(workspacePath: string): AdminClient {
    return new AdminClient(() => this.credentialsFor(workspacePath));
  }
}
