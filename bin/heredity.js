#!/usr/bin/env node
// imports of these would ask for each of their exports, which takes milliseconds; what is too old to have them so is told below
const builtin = (name) => process.getBuiltinModule?.(name) ?? import(name);
const { existsSync, mkdirSync, readFileSync } = await builtin('node:fs');
const modules = await builtin('node:module');
const { homedir } = await builtin('node:os');
const { dirname, join } = await builtin('node:path');

// until a run listens, nothing is under way that would have to be cleaned up
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit(130));

const needed = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).engines.node;
const [major, minor] = needed.match(/\d+/g).map(Number);
const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
const start = new URL('../dist/run/start.js', import.meta.url);

if (ourMajor < major || (ourMajor === major && ourMinor < minor)) {
  refuse(`heredity needs Node.js ${major}.${minor} or newer, and this is ${process.versions.node}`);
} else if (!existsSync(start)) {
  refuse('heredity is not built yet: run "npm run build" first');
} else {
  keepCompiledCode();
  const cli = await import(start).catch((error) =>
    refuse(`${firstLine(error)}: run "npm ci" and "npm run build"`),
  );
  await cli?.start();
}

/** So that the next start need not compile it again, in Node.js 22.8 and newer; where it cannot be written, nothing is kept. */
function keepCompiledCode() {
  if (!modules.enableCompileCache) return;
  try {
    const folder = cacheFolder();
    // one folder after another: Node.js, asked for all at once, tries forever where the first cannot be made for want of another
    for (const made of [dirname(dirname(folder)), dirname(folder), folder])
      if (!existsSync(made)) mkdirSync(made);
    modules.enableCompileCache(folder);
  } catch {
    // no home, or none to write to: starts take a little longer
  }
}

/** Where this user's programs keep what they can make again. */
function cacheFolder() {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const user = {
    darwin: () => join(homedir(), 'Library', 'Caches'),
    win32: () => LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'),
  }[process.platform];
  return join(user?.() ?? (XDG_CACHE_HOME || join(homedir(), '.cache')), 'heredity', 'compiled');
}

function refuse(why) {
  console.error(`error: ${why}`);
  process.exitCode = 6;
}

function firstLine(error) {
  return String(error?.message ?? error).split('\n')[0];
}
