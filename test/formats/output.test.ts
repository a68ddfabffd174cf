import fs, {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { HeredityError } from '../../src/errors.js';
import { apartFromRun, OutputFile, writeOutput } from '../../src/formats/output.js';
import { host } from '../../src/host/host.js';
import { folderWith } from './folder.js';

test('a file appears when it is finished, in the place of an older one', async () => {
  const folder = folderWith({ out: 'old' });
  const path = join(folder, 'out');
  const file = await OutputFile.create(path);
  await file.write('new ');
  await file.write(Buffer.from('contents\n'));
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder).sort()).toEqual(['.out.unfinished', 'out']);
  await file.finish();
  expect(readFileSync(path, 'utf8')).toBe('new contents\n');
  expect(readdirSync(folder)).toEqual(['out']);
});

test('a name that ends in .gz is compressed', async () => {
  const folder = folderWith();
  const text = 'row of text\n'.repeat(200_000);
  await writeOutput(join(folder, 'a.gz'), text);
  await writeOutput(join(folder, 'b.gz'), 'plain', { gzip: false });
  await writeOutput(join(folder, 'c'), 'zipped', { gzip: true });
  expect(gunzipSync(readFileSync(join(folder, 'a.gz'))).toString()).toBe(text);
  expect(readFileSync(join(folder, 'b.gz'), 'utf8')).toBe('plain');
  expect(gunzipSync(readFileSync(join(folder, 'c'))).toString()).toBe('zipped');
});

test.each(['out', 'out.gz'])('%s: bytes may be changed once they are written', async (name) => {
  const path = join(folderWith(), name);
  const file = await OutputFile.create(path);
  const bytes = Buffer.alloc(1 << 20);
  for (let i = 0; i < 4; i++) await file.write(bytes.fill(i));
  await file.finish();
  const content = name.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path);
  expect(content.length).toBe(4 << 20);
  expect(
    [0, 1, 2, 3].every((i) => content.subarray(i << 20, (i + 1) << 20).every((byte) => byte === i)),
  ).toBe(true);
});

test.each(['out', 'out.gz'])('%s: nothing is left of an aborted file', async (name) => {
  const folder = folderWith();
  const file = await OutputFile.create(join(folder, name));
  await file.write('half a ');
  await file.abort();
  await file.abort();
  expect(readdirSync(folder)).toEqual([]);
  await writeOutput(join(folder, name), 'the name is free again');
  expect(readdirSync(folder)).toEqual([name]);
});

test('at the end of a run all unfinished files go, and finished ones stay', async () => {
  const folder = folderWith();
  await writeOutput(join(folder, 'finished'), 'whole');
  for (const name of ['a', 'b.gz']) await (await OutputFile.create(join(folder, name))).write('half');
  expect(readdirSync(folder).length).toBe(3);
  host().removeUnfinished();
  expect(readdirSync(folder)).toEqual(['finished']);
  host().removeUnfinished();
});

test('a full disk is told as such, and nothing is left', async () => {
  const folder = folderWith({ any: '' });
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', errno: -28 });
  const handle = await open(join(folder, 'any'));
  // much is written by a thread, little at once
  const write = vi.spyOn(Object.getPrototypeOf(handle), 'write').mockRejectedValue(full);
  await handle.close();
  const writeAtOnce = vi.spyOn(fs, 'writeSync').mockImplementation(() => {
    throw full;
  });
  syncBuiltinESMExports();
  try {
    for (const name of ['out', 'out.gz']) {
      const path = join(folder, name);
      const error = await writeOutput(path, 'x'.repeat(1 << 20)).catch((reason) => reason);
      expect(error).toBeInstanceOf(HeredityError);
      expect(error.tag).toBe('resource');
      expect(error.message).toBe(
        `${path}: the file cannot be written: no space left on device. Free some space, or write to another disk`,
      );
      expect(readdirSync(folder)).toEqual(['any']);
    }
  } finally {
    write.mockRestore();
    writeAtOnce.mockRestore();
    syncBuiltinESMExports();
  }
});

test('places that cannot be written to are refused before the work begins', async () => {
  const folder = folderWith({ file: '' });
  mkdirSync(join(folder, 'sub'));
  symlinkSync('/dev/null', join(folder, 'null'));
  const refusal = async (path: string) => {
    const error = await OutputFile.create(join(folder, path)).catch((reason) => reason);
    expect(error).toBeInstanceOf(HeredityError);
    expect(error.tag).toBe('usage');
    return error.message.replaceAll(`${folder}/`, '');
  };
  expect(await refusal('none/out')).toBe(
    'none/out: the output folder none does not exist. Create it first: mkdir -p none',
  );
  expect(await refusal('file/out')).toBe('file/out: the output folder file is not a folder');
  expect(await refusal('sub')).toBe('sub: the output is a folder. Choose another name');
  expect(await refusal('null')).toBe('null: the output is not a regular file. Choose another name');
  expect(readdirSync(folder).sort()).toEqual(['file', 'null', 'sub']);
  expect(existsSync('/dev/null')).toBe(true);
});

test('a file of one name is begun once at a time', async () => {
  const folder = folderWith();
  const first = await OutputFile.create(join(folder, 'out'));
  await expect(OutputFile.create(join(folder, 'out'))).rejects.toThrow(
    `another run (process ${process.pid}) is writing under this prefix`,
  );
  await first.write('first');
  await first.finish();
  expect(readdirSync(folder)).toEqual(['out']);
});

test('a folder that goes away is told as such', async () => {
  const folder = folderWith({ sub: null });
  const path = join(folder, 'sub', 'out');
  const file = await OutputFile.create(path);
  rmSync(join(folder, 'sub'), { recursive: true });
  writeFileSync(join(folder, 'other'), '');
  await expect(file.finish()).rejects.toThrow(
    `${path}: the file cannot be written: no such file or directory`,
  );
});

test('files of a run appear with the run, and those apart from it at once', async () => {
  const folder = folderWith();
  const run = await host().openOutputs(join(folder, 'run'));
  await host().within({ outputs: run }, async () => {
    await writeOutput(join(folder, 'run.a'), 'a');
    await apartFromRun(() => writeOutput(join(folder, 'run.resume'), 'b'));
  });
  expect(readdirSync(folder)).toEqual(['.run.unfinished', 'run.resume']);
  await run.sync();
  await run.commit();
  expect(readdirSync(folder)).toEqual(['run.a', 'run.resume']);
});
