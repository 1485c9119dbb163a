/** Entry of the thread that writes reports (render-elsewhere.ts). */
import { answerAsThread } from '../engine/runtime/thread.ts';
import { renderRuns, type RenderTask } from './render-runs.ts';

answerAsThread(({ runs, format, settings }: RenderTask) => renderRuns(runs, format, settings));
