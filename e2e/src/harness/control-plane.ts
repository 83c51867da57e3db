import { readFileSync } from 'node:fs';
import { AdminClient } from './admin-client.js';
import { AuditLog } from './audit.js';
import { credentialsOf } from './kubeconfig.js';
import type { Credentials } from './kubeconfig.js';
import { kubectl } from './kubectl.js';
import type { CommandResult } from './command.js';
import type { KubectlOptions } from './kubectl.js';

/** Where a control plane is: plain data, so that it can be handed to another process. */
export interface Addresses {
  /** The administrator's kubeconfig. */
  readonly kubeconfigPath: string;
  readonly auditLogPath: string;
  /** Holds the data and the log of each server. */
  readonly folder: string;
}

/** A running control plane as its administrator sees it. */
export class ControlPlane {
  readonly kubeconfigPath: string;
  /** The folder with the servers' logs. */
  readonly folder: string;
  readonly audit: AuditLog;
  /** The administrator; in kcp, of the workspace `root`. */
  readonly admin: AdminClient;

  constructor({ kubeconfigPath, auditLogPath, folder }: Addresses) {
    this.kubeconfigPath = kubeconfigPath;
    this.folder = folder;
    this.audit = new AuditLog(auditLogPath);
    this.admin = new AdminClient(() => this.credentials());
  }

  /** Plain data from which another process makes its own `ControlPlane`. */
  get addresses(): Addresses {
    return { kubeconfigPath: this.kubeconfigPath, auditLogPath: this.audit.path, folder: this.folder };
  }

  /** The administrator's credentials as they are now: kcp writes new ones at each start. */
  credentials(): Credentials {
    return credentialsOf(readFileSync(this.kubeconfigPath, 'utf8'));
  }

  /** The URL of the server; in kcp it ends with /clusters/root. */
  get url(): string {
    return this.credentials().server;
  }

  /** Runs kubectl as the administrator. */
  async kubectl(args: readonly string[], options: Omit<KubectlOptions, 'kubeconfig'> = {}): Promise<CommandResult> {
    return await kubectl(args, { ...options, kubeconfig: this.kubeconfigPath });
  }
}
