/** In place of commands that listen on a port or fill a folder (src/cli/page, src/cli/ref), which no page offers. */
export const pageCommand = undefined;
export const [refList, refGet, refAdd, refVerify, refPath] = [];
