import { checkedJson } from '../run.js';

/** A result of `heredity twin` as tests like to read it: the details of its one estimate beside the document. */
export function twinView(text: string) {
  const document = checkedJson(text);
  const [estimate] = document.estimates;
  return { ...document, ...estimate.details, estimate };
}
