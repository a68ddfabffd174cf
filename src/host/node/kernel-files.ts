import { fileURLToPath } from 'node:url';

/** The C of the kernels, in the package. */
export const KERNEL_SOURCES = fileURLToPath(new URL('../../../native/', import.meta.url));
/** Where the addon of this machine stands once it is compiled. */
export const ADDON = fileURLToPath(new URL('../../../native/build/kernels.node', import.meta.url));
