/** The computer, as far as a run wants to know. */
export interface Machine {
  /** What runs the program: the version of Node.js, or the browser. */
  readonly runtime: string;
  system(): SystemRecord;
  /** Tells builds of one version apart: a hash of the program; empty where the machine does not tell. */
  build(): string;
  /** Memory that may be used, in bytes. */
  availableMemory(): number;
  /** The most memory this process has had so far, in bytes; 0 where the machine does not tell. */
  peakMemory(): number;
  /** Gives memory that this thread does not use any more back at once, where the machine can be asked to. */
  readonly collectGarbage?: () => void;
  /** The kernels as a WebAssembly module. @throws where they were not built. */
  wasmKernels(): Uint8Array;
  /** The kernels as an addon of this machine. @throws where they were not built, or the machine takes none. */
  nativeKernels(): unknown;
  /**
   * Asks for the memory of a new array in large pages, where the machine can be asked.
   * @returns how many bytes lie before the first of them.
   */
  readonly hugePages?: (array: Uint8Array) => number;
  /** Tells compilations of {@link nativeKernels} apart: a hash of the file. */
  nativeKernelsHash(): string;
  /** A C compiler that can make {@link nativeKernels}; undefined where there is none. */
  compiler(): Promise<KernelCompiler | undefined>;
}

export interface KernelCompiler {
  /** What the compiler says of itself. */
  readonly version: string;
  /** @throws HeredityError `resource` where it fails, or the place of the package cannot be written. */
  compile(): Promise<void>;
}

export interface SystemRecord {
  readonly platform: string;
  readonly release: string;
  readonly arch: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
}
