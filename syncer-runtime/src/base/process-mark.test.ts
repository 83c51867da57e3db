import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hasEnded, processMark } from './process-mark.js';

const [machine, pid, start, run] = processMark().split('.') as [string, string, string, string];

test('a mark is unique, and fits a label value', () => {
  expect(processMark()).not.toBe(processMark());
  expect(processMark()).toMatch(/^[\da-z.]{1,63}$/);
});

test('this process has not ended, whichever run of it is asked for', () => {
  expect(hasEnded(processMark())).toBe(false);
});

test('a process has ended when it is gone', async () => {
  const child = spawn('sleep', ['60']);
  const gone = String(child.pid);
  const started = [machine, gone, '1', run].join('.');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(hasEnded(started)).toBe(true);
});

test('a process has ended when another has its number', () => {
  expect(hasEnded([machine, pid, `${start}0`, run].join('.'))).toBe(true);
});

test('of a process elsewhere, or of something that is no mark, nobody can tell', () => {
  expect(hasEnded(['0123456789abcdef', pid, `${start}0`, run].join('.'))).toBe(false);
  expect(hasEnded([machine, pid, '', run].join('.'))).toBe(false);
  expect(hasEnded([machine, '-1', '1', run].join('.'))).toBe(false);
  for (const text of ['', 'process-1', '...', 'a.b.c.d']) expect(hasEnded(text)).toBe(false);
});
