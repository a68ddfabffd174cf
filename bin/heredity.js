#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';

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
  const cli = await import(start).catch((error) =>
    refuse(`${firstLine(error)}: run "npm ci" and "npm run build"`),
  );
  await cli?.start();
}

function refuse(why) {
  console.error(`error: ${why}`);
  process.exitCode = 6;
}

function firstLine(error) {
  return String(error?.message ?? error).split('\n')[0];
}
