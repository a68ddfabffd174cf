/** In place of src/cli/page/page.ts, which listens on a port, and which no page offers. */
export const pageCommand = undefined;
