import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.js';
import { describeBackends } from '../../src/kernels/load.js';
import { RecordingStream } from './text-stream.js';

async function doctor(...words: string[]) {
  const stdout = new RecordingStream();
  const stderr = new RecordingStream();
  const exitCode = await main(['doctor', ...words], { stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

test('reports versions, machine, threads, memory and every backend', async () => {
  const { exitCode, stdout, stderr } = await doctor('--threads', '2', '--memory', '3GB');
  expect(exitCode).toBe(0);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Node\.js +\d+\.\d+\.\d+$/m);
  expect(stdout).toMatch(/^threads +2$/m);
  expect(stdout).toMatch(/^memory .* at most 3.00 GB$/m);
  const reports = describeBackends();
  for (const { backend, available, level, reason } of reports) {
    const row = stdout.split('\n').find((line) => line.startsWith(`${backend} `));
    expect(row, backend).toContain(available ? level : 'not available');
    if (!available) expect(row).toContain(reason);
  }
  const best = reports.find((report) => report.available)!;
  expect(stdout).toMatch(new RegExp(`^backend +${best.backend}, `, 'm'));
  expect(stdout).toMatch(new RegExp(`^${best.backend} +in use`, 'm'));
});

test('--backend says what it would be', async () => {
  const { stdout } = await doctor('--backend', 'typescript');
  expect(stdout).toMatch(/^backend +typescript, /m);
  expect(stdout).toMatch(/^typescript +in use/m);
});
