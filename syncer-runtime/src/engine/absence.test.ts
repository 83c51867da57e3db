import type { TypeController } from '../controller/type-controller.js';
import { MemoryLogger } from '../sync/world.fixture.js';
import { Absence } from './absence.js';

const blameUnseen = jest.fn();
const logger = new MemoryLogger();

function absenceOf(stored?: string): Absence {
  const controllers = (): TypeController[] => [{ blameUnseen }, { blameUnseen }] as unknown as TypeController[];
  return new Absence({ stored, controllers, logger });
}

test('absence is believed, unless a former run held deletions', () => {
  expect(absenceOf().cause).toBe('');
  expect(absenceOf('kcp is older').cause).toBe('kcp is older');
});

test('a copy from the future has every type hold what was never seen, once, and types that come later too', () => {
  const absence = absenceOf();
  absence.setBack('deployments.apps default/web');
  absence.setBack('deployments.apps default/other');
  expect(absence.cause).toContain('deployments.apps default/web');
  expect(blameUnseen.mock.calls).toEqual([[absence.cause], [absence.cause]]);
  expect(logger.lines).toHaveLength(1);
});
