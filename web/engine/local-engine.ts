import { MOST_FILE } from '../../src/page/limits.js';
import { createStore } from '../store.js';
import type { Engine, FileEntry, Job } from './jobs.js';

/** A job as the server tells of it (src/page/jobs.ts). */
interface ServedJob {
  readonly id: string;
  readonly command: string;
  readonly line: string;
  readonly state: Job['state'];
  readonly problem: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly text: string;
  readonly standing: Job['standing'] | null;
  readonly files: readonly string[];
}

/** Between two questions to the server: while something runs, and else. */
const BUSY_MS = 500;
const IDLE_MS = 4000;

async function fetchFile(what: Record<string, string>): Promise<Blob> {
  const response = await fetch(`/api/file?${new URLSearchParams(what)}`);
  if (!response.ok) throw new Error((await response.json()).problem);
  return response.blob();
}

/** Jobs as processes of this machine, behind `heredity page`. */
export function createLocalEngine(secret: string): Engine {
  const jobs = createStore<readonly Job[]>([]);
  const files = createStore<readonly FileEntry[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(path, {
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Heredity-Secret': secret },
        body: JSON.stringify(body),
      }),
    }).catch(() => {
      throw new Error('the server does not answer: was "heredity page" ended?');
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.problem);
    return answer;
  }

  async function listFiles(): Promise<void> {
    const found = await ask<{ name: string; size: number }[]>('/api/files');
    files.set(found.map((file) => ({ ...file, isOutput: false })));
  }

  async function listJobs(): Promise<void> {
    const before = jobs.value.filter(({ state }) => state === 'done').length;
    const served = await ask<ServedJob[]>('/api/jobs');
    const now = Date.now();
    jobs.set(
      served.map(({ problem, standing, startedAt, endedAt, ...job }) => ({
        ...job,
        problem: problem ?? undefined,
        standing: standing ?? undefined,
        seconds: ((endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt)) / 1000,
      })),
    );
    if (jobs.value.filter(({ state }) => state === 'done').length !== before) await listFiles();
  }

  function follow(): void {
    clearTimeout(timer);
    const again = () => {
      const isBusy = jobs.value.some(({ state }) => state === 'running');
      timer = setTimeout(follow, isBusy ? BUSY_MS : IDLE_MS);
    };
    listJobs().then(again, again);
  }

  void listFiles().catch(() => {});
  follow();
  return {
    isLocal: true,
    jobs,
    files,
    async start(command, { out: _, ...texts }) {
      const { id } = await ask<{ id: string }>('/api/jobs', { command, texts });
      follow();
      return id;
    },
    cancel(id) {
      void ask('/api/cancel', { id }).then(follow, () => {});
    },
    largest: MOST_FILE,
    read: (name) => fetchFile({ name }),
    begin: (name, bytes) => fetchFile({ name, bytes: String(bytes) }),
  };
}
