import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const src = new URL('../src/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, src), 'utf8');

it('imports every module that defines a task, once: a thread finds tasks by name', () => {
  const modules = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && file !== 'kernels/pool.ts')
    .filter((file) => /\b(defineTask|kernelTask)\(/.test(read(file)))
    .map((file) => file.replace(/ts$/, 'js'));
  const imported = [...read('tasks.ts').matchAll(/^import '\.\/(.+)';$/gm)].map((match) => match[1]);
  expect(imported.toSorted()).toEqual(modules.toSorted());
});
