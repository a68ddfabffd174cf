/** The thread entry of {@link KernelPool} in a browser: the first message says what to load, the others are tasks. */
import { setHost } from './host/host.js';
import type { ThreadBeginning } from './host/web/threads.js';
import { createWebHost } from './host/web/web-host.js';
import { serveTasks } from './tasks.js';

const scope = globalThis as unknown as {
  onmessage: (event: { readonly data: unknown }) => void;
  postMessage(message: unknown): void;
};

scope.onmessage = ({ data }) => {
  const { options, wasm } = data as ThreadBeginning;
  setHost(createWebHost({ wasm }));
  serveTasks({
    options,
    listen: (onMessage) => {
      scope.onmessage = (event) => onMessage(event.data);
    },
    send: (message) => scope.postMessage(message),
  });
};
