import type { SparseMatrix } from './network.js';

/**
 * Strongly connected components of the graph of a sparse matrix (Tarjan 1972, without recursion), each as its rows. The
 * eigenvalues of the matrix are those of its components, so a network without feedback has none but its self-loops.
 */
export function strongComponents({ order, start, column }: SparseMatrix): Int32Array[] {
  const index = new Int32Array(order).fill(-1);
  const low = new Int32Array(order);
  const onStack = new Uint8Array(order);
  const next = Int32Array.from(start.subarray(0, order));
  const stack: number[] = [];
  const components: Int32Array[] = [];
  let counter = 0;
  for (let root = 0; root < order; root++) {
    if (index[root] >= 0) continue;
    const path = [root];
    while (path.length > 0) {
      const v = path[path.length - 1];
      if (index[v] < 0) {
        index[v] = low[v] = counter++;
        stack.push(v);
        onStack[v] = 1;
      }
      let deeper = false;
      while (next[v] < start[v + 1] && !deeper) {
        const w = column[next[v]++];
        if (index[w] < 0) {
          path.push(w);
          deeper = true;
        } else if (onStack[w] === 1) low[v] = Math.min(low[v], index[w]);
      }
      if (deeper) continue;
      path.pop();
      if (path.length > 0) {
        const parent = path[path.length - 1];
        low[parent] = Math.min(low[parent], low[v]);
      }
      if (low[v] !== index[v]) continue;
      const from = stack.lastIndexOf(v);
      const members = Int32Array.from(stack.splice(from)).sort();
      for (const member of members) onStack[member] = 0;
      components.push(members);
    }
  }
  return components;
}
