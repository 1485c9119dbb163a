import { HoverCard, Text, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './definition.module.css';

/** A term whose definition is one hover or one focus away. */
export function Definition({ term, children }: { term: ReactNode; children: ReactNode }) {
  return (
    <HoverCard position="bottom-start">
      <HoverCard.Target>
        <UnstyledButton className={classes.term} data-term>
          {term}
        </UnstyledButton>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        {typeof children === 'string' ? <Text size="xs">{children}</Text> : children}
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
