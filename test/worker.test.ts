import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { typescriptKernels } from '../src/kernels/typescript.js';

const src = new URL('../src/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, src), 'utf8');

it('knows the module of every task: a thread finds tasks by name', () => {
  const defined = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && file !== 'kernels/pool.ts')
    .flatMap((file) =>
      [...read(file).matchAll(/\bdefineTask\(\s*'(\w+)'/g)].map(([, task]) => [
        task,
        file.replace(/ts$/, 'js'),
      ]),
    );
  const found = [...read('tasks.ts').matchAll(/^ {2}(\w+): \(\) => import\('\.\/(.+)'\),$/gm)];
  expect(found.map(([, task, module]) => [task, module]).toSorted()).toEqual(defined.toSorted());
  expect(defined.length).toBeGreaterThan(40);
});

it('has no task by the name of a kernel, which threads look for first', () => {
  const tasks = [...read('tasks.ts').matchAll(/^ {2}(\w+): \(\) =>/gm)].map((match) => match[1]);
  expect(tasks.filter((task) => task in typescriptKernels)).toEqual([]);
});
