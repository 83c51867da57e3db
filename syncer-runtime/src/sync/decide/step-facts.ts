import type { TypeContext } from '../context.js';
import type { StepFacts } from './next-step.js';

/** What the decision needs to know of the type, besides the pair. */
export function stepFactsOf(ctx: TypeContext): StepFacts {
  return {
    ...ctx.rules,
    upstreamComplete: ctx.store.isComplete('upstream'),
    downstreamComplete: ctx.store.isComplete('downstream'),
    paused: ctx.policy.paused,
    alwaysRelink: !ctx.rules.hasStatus || (ctx.type.group === '' && ctx.type.resource === 'persistentvolumeclaims'),
  };
}
