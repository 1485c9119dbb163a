import { useEffect, useEffectEvent, useState } from 'react';
import { pathOfFile } from '../api.ts';

export interface DroppedFile {
  readonly name: string;
  /** Empty in a browser, which does not tell where a dropped file lies. */
  readonly path: string;
}

/** Files dropped anywhere on the window. @returns whether something is being dragged over it. */
export function useDroppedFiles(onDrop: (files: readonly DroppedFile[]) => void): boolean {
  const [over, setOver] = useState(false);
  const handle = useEffectEvent(onDrop);
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    function enter(event: DragEvent): void {
      if (!hasFiles(event)) return;
      depth += 1;
      setOver(true);
    }
    function leave(event: DragEvent): void {
      if (!hasFiles(event)) return;
      depth -= 1;
      if (depth <= 0) setOver(false);
    }
    function drag(event: DragEvent): void {
      if (hasFiles(event)) event.preventDefault();
    }
    function drop(event: DragEvent): void {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      handle([...(event.dataTransfer?.files ?? [])].map((file) => ({ name: file.name, path: pathOfFile(file) })));
    }
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', drag);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', drag);
      window.removeEventListener('drop', drop);
    };
  }, []);
  return over;
}
