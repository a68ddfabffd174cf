import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/cli/log.js';
import { RecordingStream } from './text-stream.js';

function makeLog(quiet: boolean) {
  const stdout = new RecordingStream();
  const stderr = new RecordingStream();
  const warnings: string[] = [];
  let wiped = 0;
  const log = createLog({
    stdout,
    stderr,
    quiet,
    beforeWrite: () => wiped++,
    onWarning: (text) => warnings.push(text),
  });
  log.info('reading');
  log.warn('few samples');
  log.result('h2\n0.25\n');
  return { log, stdout, stderr, warnings, wiped };
}

describe('where the lines go', () => {
  test('aloud', () => {
    const { log, stdout, stderr, warnings, wiped } = makeLog(false);
    expect(stderr.text).toBe('reading\nwarning: few samples\n');
    expect(stdout.text).toBe('h2\n0.25\n');
    expect(log.text()).toBe('reading\nwarning: few samples\nh2\n0.25\n');
    expect(warnings).toEqual(['few samples']);
    expect(wiped).toBe(3);
  });

  test('--quiet keeps notes for the file only', () => {
    const { log, stdout, stderr } = makeLog(true);
    expect(stderr.text).toBe('warning: few samples\n');
    expect(stdout.text).toBe('h2\n0.25\n');
    expect(log.text()).toBe('reading\nwarning: few samples\nh2\n0.25\n');
  });
});

test('control characters of names from files are escaped, on the terminal and in the file', () => {
  const { log, stdout, stderr } = makeLog(false);
  log.info('trait y\u009b31m');
  log.result('a\tb\u202e\u001b[2J\n');
  expect(stderr.text).toMatch(/trait y\\x9b31m\n$/);
  expect(stdout.text).toMatch(/a\tb\\u202e\\x1b\[2J\n$/);
  expect(log.text()).toMatch(/trait y\\x9b31m\na\tb\\u202e\\x1b\[2J\n$/);
});
