/** What a browser's worker has and Node.js lacks: the whole DOM library would let code above use what only a browser has. */
declare class Worker {
  constructor(url: string | URL, options: { type: 'module' });
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

declare const navigator: {
  readonly userAgent: string;
  readonly hardwareConcurrency?: number;
  /** In GB, rounded to a power of two and at most 8; in Chromium alone. */
  readonly deviceMemory?: number;
};

/** Whether this page may have shared memory. */
declare const crossOriginIsolated: boolean | undefined;
