// `npm run build:docs [-- FOLDER]`: the documents as a site of static files, in site/ unless another folder is named.
import { fileURLToPath } from 'node:url';
import { writeSite } from './docs/site.mjs';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
const folder = process.argv[2] ?? 'site';
const { pages, files } = writeSite(folder);
console.error(`${pages} pages and ${files} files in ${folder}: open ${folder}/index.html`);
