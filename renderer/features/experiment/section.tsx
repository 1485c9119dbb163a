import type { ReactNode } from 'react';
import { Icon, type IconName } from '../../components/icon.tsx';
import { Panel } from '../../components/page.tsx';
import classes from './experiment-page.module.css';

/** One step of the form. */
export function Section(props: {
  readonly icon: IconName;
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Panel
      title={
        <h2 className={classes.sectionTitle}>
          <Icon name={props.icon} />
          {props.title}
        </h2>
      }
      actions={props.actions}
    >
      <div className={classes.fields}>{props.children}</div>
    </Panel>
  );
}
