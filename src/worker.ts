/** The thread entry of {@link KernelPool} in Node.js. */
import './host/node/install.js';
import { thisThread } from './host/node/threads.js';
import { serveTasks } from './tasks.js';

serveTasks(thisThread());
