#!/usr/bin/env node
// a script, as all that it loads: Node.js prepares for modules in half of the time that it takes to start itself
const { existsSync, mkdirSync, readFileSync } = require('node:fs');
const modules = require('node:module');
const { homedir } = require('node:os');
const { dirname, join } = require('node:path');

// until a run listens, nothing is under way that would have to be cleaned up
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit(130));

const needed = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')).engines.node;
const [major, minor] = needed.match(/\d+/g).map(Number);
const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
const start = join(__dirname, '../dist/run/start.cjs');

if (ourMajor < major || (ourMajor === major && ourMinor < minor)) {
  refuse(`heredity needs Node.js ${major}.${minor} or newer, and this is ${process.versions.node}`);
} else if (!existsSync(start)) {
  refuse('heredity is not built yet: run "npm run build" first');
} else {
  keepCompiledCode();
  load()?.start();
}

/** The command line; undefined where its build is not whole. */
function load() {
  try {
    return require(start);
  } catch (error) {
    refuse(`${firstLine(error)}: run "npm ci" and "npm run build"`);
  }
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
