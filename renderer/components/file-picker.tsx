import { createContext, use, useCallback, useState, type ReactNode } from 'react';
import type { PickKind } from '../../shared/contract/requests.ts';
import { request } from '../api.ts';
import { useFailure } from '../hooks/use-notify.tsx';
import { FileDialog, type Question } from './file-dialog.tsx';

/** Asks for a path; null when the user backed out, or when it cannot be asked for, which is said. */
export type PickPath = (kind: PickKind, startPath?: string | null) => Promise<string | null>;

const PickContext = createContext<PickPath>(() => Promise.resolve(null));

export function usePickPath(): PickPath {
  return use(PickContext);
}

/** Native dialogs where the host has them; otherwise a browser of the folders the host may show. */
export function FilePickerProvider({ children }: { children: ReactNode }) {
  const [question, setQuestion] = useState<Question | null>(null);
  const fail = useFailure();
  const pick = useCallback<PickPath>(
    async (kind, startPath = null) => {
      try {
        const native = await request('files.pick', { kind, startPath });
        if (native !== null) return native.paths[0] ?? null;
      } catch (error) {
        fail(error);
        return null;
      }
      return new Promise((resolve) => setQuestion({ kind, startPath, answer: resolve }));
    },
    [fail],
  );
  const close = (path: string | null): void => {
    question?.answer(path);
    setQuestion(null);
  };
  return (
    <PickContext value={pick}>
      {children}
      {question !== null && <FileDialog question={question} onClose={close} />}
    </PickContext>
  );
}
