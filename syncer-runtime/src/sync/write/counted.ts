import type { Side } from '../../base/sides.js';
import { ApiError } from '../../kube/api-error.js';
import { isConflict, isUidMismatch } from '../../kube/error-class.js';
import type { WriteSeen } from '../../observe/recorder.js';
import type { TypeContext } from '../context.js';

/** Sends a write and counts what came of it. @throws what `send` throws. */
export async function counted<T>(
  ctx: Pick<TypeContext, 'recorder' | 'gvk' | 'signal'>,
  write: { readonly side: Side; readonly verb: WriteSeen['verb'] },
  send: () => Promise<T>,
): Promise<T> {
  try {
    const reply = await send();
    ctx.recorder.wrote({ ...write, gvk: ctx.gvk, result: 'ok' });
    return reply;
  } catch (error) {
    if (!ctx.signal.aborted) ctx.recorder.wrote({ ...write, gvk: ctx.gvk, result: resultOf(error) });
    throw error;
  }
}

function resultOf(error: unknown): WriteSeen['result'] {
  if (isConflict(error) || isUidMismatch(error)) return 'conflict';
  return error instanceof ApiError && error.status < 500 ? 'refused' : 'error';
}
