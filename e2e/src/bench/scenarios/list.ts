import type { Scenario } from '../scenario.js';
import { arrival } from './arrival.js';
import { coldStart, coldStartDeployments, coldStartLarge } from './cold-start.js';
import { idle } from './idle.js';
import { largeObject } from './large-object.js';
import { lives } from './creation-deletion.js';
import { quiet } from './quiet.js';
import { soak } from './soak.js';
import { statusesUp, updatesDown } from './updates.js';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
  updatesDown,
  statusesUp,
  lives,
  coldStart,
  coldStartDeployments,
  coldStartLarge,
  arrival,
  quiet,
  largeObject,
  idle,
  soak,
];
