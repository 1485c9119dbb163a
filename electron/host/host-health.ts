import { CancelledError, type Failure, failureOf } from '../../shared/app-error.ts';
import type { EngineHealth } from '../worker/protocol.ts';
import type { Look } from './looks.ts';

/** What the engine says about this machine, asked once while the window opens. */
export class HostHealth {
  /** Null while it is still being asked or when it cannot answer. */
  found: EngineHealth | null = null;
  problem: Failure | null = null;
  /** Settled once it answered, or cannot. */
  readonly examined: Promise<void>;

  constructor(look: Look, onChange: () => void) {
    this.examined = look({ kind: 'doctor' }).then(
      (found) => {
        this.found = found;
        const problem = found.onnxRuntimeProblem ?? found.imageProblem;
        this.problem = problem === null ? null : { message: problem };
        onChange();
      },
      (error: unknown) => {
        if (error instanceof CancelledError) return;
        this.problem = failureOf(error);
        onChange();
      },
    );
  }
}
