import { buildChanged } from '../scripts/build.mjs';

/** Before the first test: threads and processes run dist/, so it has to be that of these sources. */
export default async function setup(): Promise<void> {
  await buildChanged();
}
