import type { ReactNode } from 'react';
import classes from './page.module.css';

/** A page: title and actions on one line, content below; `fill` gives the content the rest of the window's height. */
export function Page(props: {
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly below?: ReactNode;
  readonly fill?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div className={classes.page} data-fill={props.fill === true || undefined}>
      <header className={classes.header}>
        <div className={classes.title}>
          {typeof props.title === 'string' ? <h1 className={classes.heading}>{props.title}</h1> : props.title}
        </div>
        {props.actions !== undefined && (
          <div className={classes.actions} data-uncopied>
            {props.actions}
          </div>
        )}
      </header>
      {props.below}
      <div className={classes.content}>{props.children}</div>
    </div>
  );
}

/** A framed part of a page. */
export function Panel(props: {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string | undefined;
  readonly label?: string;
  /** For who leads there. */
  readonly id?: string;
}) {
  return (
    <section
      className={`${classes.panel} ${props.className ?? ''}`}
      aria-label={props.label}
      id={props.id}
      tabIndex={props.id === undefined ? undefined : -1}
    >
      {(props.title !== undefined || props.actions !== undefined) && (
        <div className={classes.panelHeader}>
          {typeof props.title === 'string' ? <h2 className={classes.panelTitle}>{props.title}</h2> : props.title}
          {props.actions}
        </div>
      )}
      {props.children}
    </section>
  );
}
