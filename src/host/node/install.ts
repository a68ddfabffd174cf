/** Importing this makes Node.js the host. */
import { setHost } from '../host.js';
import { nodeHost } from './node-host.js';

setHost(nodeHost);
