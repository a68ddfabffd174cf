/** Modules of Node.js that take milliseconds to load, each loaded when it is first asked for: many commands need none of them. */
export const builtins = {
  get childProcess() {
    return process.getBuiltinModule('node:child_process');
  },
  get crypto() {
    return process.getBuiltinModule('node:crypto');
  },
  get fsPromises() {
    return process.getBuiltinModule('node:fs/promises');
  },
  get stream() {
    return process.getBuiltinModule('node:stream');
  },
  get v8() {
    return process.getBuiltinModule('node:v8');
  },
  get vm() {
    return process.getBuiltinModule('node:vm');
  },
  get workerThreads() {
    return process.getBuiltinModule('node:worker_threads');
  },
  get zlib() {
    return process.getBuiltinModule('node:zlib');
  },
};
