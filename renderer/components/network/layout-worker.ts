/** Lays a network out beside the page, which stays usable meanwhile. One question, one answer; a new one ends this worker. */
import type { VisibleGraph } from '../../../shared/network/visible-graph.ts';
import { layoutNetwork } from './layout.ts';

export type LayoutAnswer =
  | { readonly ok: true; readonly layout: ReturnType<typeof layoutNetwork> }
  | { readonly ok: false; readonly message: string };

self.addEventListener('message', ({ data }: MessageEvent<Pick<VisibleGraph, 'modules'>>) => {
  let answer: LayoutAnswer;
  try {
    answer = { ok: true, layout: layoutNetwork(data) };
  } catch (error) {
    answer = { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  self.postMessage(answer);
});
