import type { Scenario } from '../scenario.js';
import { coldStart, coldStartDeployments, coldStartLarge } from './cold-start.js';
import { statusesUp, updatesDown } from './updates.js';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
  updatesDown,
  statusesUp,
  coldStart,
  coldStartDeployments,
  coldStartLarge,
];
