import wasmUrl from '../../native/build/kernels.wasm?url';
import { setHost } from '../../src/host/host.js';
import { createWebHost, type WebHost } from '../../src/host/web/web-host.js';
import threadUrl from '../../src/worker-web.ts?worker&url';

let kernels: Promise<Uint8Array> | undefined;

async function fetchKernels(): Promise<Uint8Array> {
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new Error(`the kernels could not be loaded (${response.status})`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Makes the host of a browser out of some files the one that everything asks. */
export async function useFiles(files: Iterable<readonly [string, Blob]>): Promise<WebHost> {
  kernels ??= fetchKernels();
  // an address of its own script's folder works on any path of a server
  const worker = new URL(threadUrl, import.meta.url);
  const web = createWebHost({ files, wasm: await kernels, worker });
  setHost(web);
  return web;
}
