/** In place of what listens on a port, fills a folder or looks into it (src/cli/page, src/cli/ref), which no page offers. */
const nothing = undefined;

/** No reference sets are kept by a browser. */
export const referenceFacts = async (): Promise<undefined> => undefined;

export {
  nothing as pageCommand,
  nothing as refAdd,
  nothing as refGet,
  nothing as refList,
  nothing as refPath,
  nothing as refVerify,
};
