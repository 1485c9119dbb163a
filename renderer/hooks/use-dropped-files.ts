import { useEffect, useEffectEvent, useState } from 'react';
import { pathOfFile } from '../api.ts';

/**
 * Files dropped anywhere on the window. @returns whether something is being dragged over it.
 * A browser does not tell where a dropped file lies; the listener then gets no paths and says so.
 */
export function useDroppedFiles(onDrop: (paths: readonly string[]) => void): boolean {
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
      handle([...(event.dataTransfer?.files ?? [])].map(pathOfFile).filter((path) => path !== ''));
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
