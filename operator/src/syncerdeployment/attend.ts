import type { Bell } from '@kcp-syncer/syncer-runtime/base/bell.js';
import type { Side } from '@kcp-syncer/syncer-runtime/base/sides.js';
import type { Syncer } from '@kcp-syncer/syncer-runtime/engine/syncer.js';
import { KubeconfigError } from '@kcp-syncer/syncer-runtime/kube/kubeconfig.js';
import { reasons } from '@kcp-syncer/syncer-runtime/object/reasons.js';
import type { TokenRotation } from '../credentials/token-rotation.js';
import { CredentialError } from '../credentials/credential-error.js';
import type { Kubeconfigs } from './kubeconfigs.js';
import { passDecisions, type DecisionsInput } from './decisions.js';
import { heartbeatPeriodMs } from './options.js';
import { StartFailure } from './start-failure.js';
import type { Spec } from './syncer-deployment.js';
import { untilAborted } from './until-aborted.js';

export interface Attended extends DecisionsInput {
  readonly syncer: Syncer;
  readonly spec: Spec;
  /** Rung when a Secret of the syncer has changed. */
  readonly bell: Bell;
  readonly kubeconfigs: Kubeconfigs;
  readonly rotation: TokenRotation;
}

/**
 * Stays with a syncer that runs, and hands renewed credentials (S37) and decisions on to it, and has its token renewed in time; resolves when `signal` is aborted.
 * @throws what ended the syncer by itself, or what of it needs another start.
 */
export async function attend(attended: Attended, signal: AbortSignal): Promise<void> {
  const { syncer, spec, bell } = attended;
  const ended = untilAborted(syncer.done, signal);
  ended.catch(() => undefined);
  for (;;) {
    const rung = await Promise.race([ended, bell.wait(heartbeatPeriodMs(spec), signal)]);
    if (signal.aborted) return;
    if (rung === true) await renew(attended, signal);
    await rotate(attended, signal);
    await passDecisions(attended, signal);
  }
}

async function rotate({ rotation, kubeconfigs, spec, object, logger }: Attended, signal: AbortSignal): Promise<void> {
  const kubeconfig = kubeconfigs.knownOfWorkspace;
  if (kubeconfig === undefined) return;
  const { name, key = 'kubeconfig' } = spec.kcp.kubeconfigSecretRef;
  const secret = { namespace: object().metadata.namespace, name, key };
  const { workspace, syncTarget } = spec;
  await rotation.look({ secret, kubeconfig, workspace, syncTarget: syncTarget.name, logger }, signal);
}

const sideNames: Readonly<Record<Side, string>> = { upstream: 'kcp', downstream: 'cluster' };

/** Those that lead to another server make the syncer start anew. */
async function renew({ syncer, spec, kubeconfigs, logger }: Attended, signal: AbortSignal): Promise<void> {
  try {
    for (const [side, text] of await kubeconfigs.changed(spec, signal)) {
      await syncer.useKubeconfig(side, text);
      logger.log(1, 'the kubeconfig was renewed', { side: sideNames[side] });
    }
  } catch (error) {
    if (error instanceof KubeconfigError) throw new StartFailure(reasons.KubeconfigRefused, error.message);
    if (!(error instanceof CredentialError)) throw error;
    // A Secret that is gone or holds nonsense is no reason to stop what works.
    logger.warn('the renewed credentials cannot be used, the former ones stay in use', { why: error.message });
  }
}
