// Writes docs/commands.md from the flag definitions. Needs a build: npm run build && node scripts/write-command-docs.mjs
import { writeFileSync } from 'node:fs';
import { allCommands } from '../dist/cli/commands.js';
import { commandDocs } from '../dist/cli/flag-docs.js';

writeFileSync(new URL('../docs/commands.md', import.meta.url), await commandDocs(allCommands()));
