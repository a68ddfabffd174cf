/** In place of what listens on a port, fills a folder or looks into it (src/cli/page, src/cli/ref), which no page offers. */
const nothing = undefined;

export {
  nothing as pageCommand,
  nothing as refAdd,
  nothing as refGet,
  nothing as refList,
  nothing as refPath,
  nothing as refVerify,
};
