/** Builds everything that is older than its sources; ends the process where a source has an error. */
export function build(): Promise<void>;
export function buildChanged(): Promise<void>;
