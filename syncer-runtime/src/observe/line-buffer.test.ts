import { FakeClock } from '../base/clock.fixture.js';
import { LineBuffer } from './line-buffer.js';

function setup(): { buffer: LineBuffer; written: string[]; clock: FakeClock } {
  const clock = new FakeClock();
  const written: string[] = [];
  const buffer = new LineBuffer({ write: (text) => written.push(text) }, clock);
  return { buffer, written, clock };
}

test('lines that come together are written together, and soon', async () => {
  const { buffer, written, clock } = setup();
  buffer.write('a\n');
  buffer.write('b\n');
  expect(written).toEqual([]);
  await clock.advance(20);
  expect(written).toEqual(['a\nb\n']);
});

test('lines that come later are written later, in their order', async () => {
  const { buffer, written, clock } = setup();
  buffer.write('a\n');
  await clock.advance(20);
  buffer.write('b\n');
  await clock.advance(20);
  expect(written).toEqual(['a\n', 'b\n']);
});

test('much text does not wait', () => {
  const { buffer, written } = setup();
  buffer.write('x'.repeat(70_000));
  expect(written).toHaveLength(1);
});

test('what is gathered is written at once when somebody asks, and once', async () => {
  const { buffer, written, clock } = setup();
  buffer.write('last words\n');
  buffer.flush();
  expect(written).toEqual(['last words\n']);
  await clock.advance(100);
  expect(written).toHaveLength(1);
});

test('the end of the stream writes what is left', async () => {
  const { buffer, written } = setup();
  buffer.write('a\n');
  await new Promise<void>((resolve) => {
    buffer.end(resolve);
  });
  expect(written).toEqual(['a\n']);
});
