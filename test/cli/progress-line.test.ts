import { expect, test } from 'vitest';
import { createProgressLine } from '../../src/cli/progress-line.js';
import { RecordingStream } from './text-stream.js';

function terminal(columns = 100) {
  const stream = new RecordingStream(true, columns);
  const time = { ms: 0 };
  const line = createProgressLine(stream, () => time.ms);
  return { stream, time, line };
}

const WIPE_REST = '\x1b[K';

/** The last line drawn, without the terminal's own codes. */
function shown(stream: RecordingStream): string {
  return stream.writes.at(-1)!.replace('\r', '').replace(WIPE_REST, '').trimEnd();
}

test('says nothing where there is no terminal', () => {
  const stream = new RecordingStream(false);
  const line = createProgressLine(stream);
  const phase = line.phase('GRE', { total: 2 });
  phase.advance();
  phase.end();
  line.clear();
  expect(stream.writes).toEqual([]);
});

test('shows share, rate and time left', () => {
  const { stream, time, line } = terminal();
  const phase = line.phase('association', { total: 4000, unit: 'variants' });
  time.ms = 2000;
  phase.advance(1000);
  expect(shown(stream)).toBe('association  [=====               ]   25 %  500 variants/s  6.00 s left');
});

test('without a total it shows the time that has passed', () => {
  const { stream, time, line } = terminal();
  const phase = line.phase('reading', { unit: 'lines' });
  time.ms = 90_000;
  phase.advance(90_000_000);
  expect(shown(stream)).toBe('reading  1,000,000 lines/s  1:30');
});

test('a part counts towards the whole by its weight', () => {
  const { stream, time, line } = terminal();
  const blocks = line.phase('GRE', { total: 22 });
  for (let k = 0; k < 10; k++) blocks.phase(`chr${k}`, { weight: 1 }).end();
  time.ms = 1000;
  const solve = blocks.phase('chr11', { total: 10, weight: 1 });
  time.ms = 2100;
  solve.advance(10);
  expect(shown(stream)).toContain('GRE › chr11  [==========          ]   50 %'); // 10 whole ones and one of 10 / 10
  time.ms = 2200;
  solve.end();
  expect(shown(stream)).toContain('GRE  [==========          ]   50 %');
});

test('draws at most ten times a second', () => {
  const { stream, time, line } = terminal();
  const phase = line.phase('GRE', { total: 1000 });
  for (let i = 0; i < 1000; i++) {
    time.ms = i;
    phase.advance();
  }
  expect(stream.writes).toHaveLength(10);
});

test('wipes its line before other output, once, and when all is done', () => {
  const { stream, line } = terminal();
  const phase = line.phase('GRE', { total: 2 });
  line.clear();
  line.clear();
  expect(stream.writes.slice(1)).toEqual([`\r${WIPE_REST}`]);
  phase.end();
  phase.end();
  expect(stream.writes).toHaveLength(2);
});

test('never wraps', () => {
  const { stream, line } = terminal(20);
  line.phase('a label that is longer than the terminal is wide');
  expect(shown(stream)).toHaveLength(19);
});

test('ending a phase ends the parts that were left open in it', () => {
  const { stream, time, line } = terminal();
  const outer = line.phase('outer', { total: 2 });
  outer.phase('inner');
  outer.end();
  time.ms = 1000;
  line.phase('next');
  expect(shown(stream)).toMatch(/^next/);
});

test('the time left never rises, and is not told from the first steps', () => {
  const { stream, time, line } = terminal();
  const phase = line.phase('blocks', { total: 100, unit: 'variants' });
  time.ms = 1000;
  phase.advance(1);
  expect(shown(stream)).not.toContain('left');
  time.ms = 2000;
  phase.advance(9);
  expect(shown(stream)).toContain('18.0 s left');
  time.ms = 20_000; // much slower than before: 180 s at this pace
  phase.advance(0);
  expect(shown(stream)).toContain('18.0 s left');
  time.ms = 21_000;
  phase.advance(80);
  expect(shown(stream)).toContain('2.33 s left');
  phase.end();
  time.ms = 22_000;
  const next = line.phase('jackknife', { total: 10 });
  time.ms = 32_000;
  next.advance(1);
  expect(shown(stream)).toContain('1:30 left');
});

test('the pace is that of what is counted, also while a part inside it counts nothing', () => {
  const { stream, time, line } = terminal();
  const blocks = line.phase('blocks', { total: 1000, unit: 'variants' });
  const cholesky = blocks.phase('Cholesky', { total: 10, weight: 500 });
  time.ms = 1000;
  cholesky.advance(5);
  expect(shown(stream)).toBe('blocks › Cholesky  [=====               ]   25 %  250 variants/s  3.00 s left');
});
