// Writes docs/commands.md from the flag definitions and docs/warnings.md from the catalogue of warnings. Needs a build: npm run build && node scripts/write-command-docs.mjs
import { writeFileSync } from 'node:fs';
import '../dist/host/node/install.js';
import { allCommands } from '../dist/cli/commands.js';
import { commandDocs } from '../dist/cli/flag-docs.js';
import { warningDocs } from '../dist/cli/warning-docs.js';

writeFileSync(new URL('../docs/commands.md', import.meta.url), await commandDocs(allCommands()));
writeFileSync(new URL('../docs/warnings.md', import.meta.url), warningDocs());
