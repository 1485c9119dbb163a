import { splitName } from './column-width.ts';
import classes from './middle-cut.module.css';

/**
 * A name that shows its end where there is too little room for all of it. What is seen is drawn by the style; the name itself lies over
 * it unseen, whole, for whoever reads the page by other means: search, clipboard, screen reader.
 */
export function MiddleCut({ text }: { readonly text: string }) {
  const { start, end } = splitName(text);
  if (end === '') return text;
  return (
    <span className={classes.whole} title={text}>
      <span
        className={classes.start}
        data-text={start}
        style={{ maxWidth: `max(30%, calc(100% - ${end.length}ch))` }}
        aria-hidden="true"
      />
      <span className={classes.end} data-text={end} aria-hidden="true" />
      <span className={classes.text}>{text}</span>
    </span>
  );
}
