#!/usr/bin/env node
// a script, as all that it loads: Node.js prepares for modules in half of the time that it takes to start itself
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

// until a run listens, nothing is under way that would have to be cleaned up
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit(130));

const needed = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')).engines.node;
const [major, minor] = needed.match(/\d+/g).map(Number);
const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
const program = join(__dirname, '../dist/run');

if (ourMajor < major || (ourMajor === major && ourMinor < minor)) {
  refuse(`heredity needs Node.js ${major}.${minor} or newer, and this is ${process.versions.node}`);
} else if (!existsSync(join(program, 'start.cjs'))) {
  refuse('heredity is not built yet: run "npm run build" first');
} else {
  load()?.start();
}

/** The command line; undefined where its build is not whole. */
function load() {
  try {
    const { loadCompiled } = require(join(program, 'compiled-code.cjs'));
    return loadCompiled(program, 'start.cjs', process.argv.slice(2));
  } catch (error) {
    refuse(`${firstLine(error)}: run "npm ci" and "npm run build"`);
  }
}

function refuse(why) {
  console.error(`error: ${why}`);
  process.exitCode = 6;
}

function firstLine(error) {
  return String(error?.message ?? error).split('\n')[0];
}
