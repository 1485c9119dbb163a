import { TagsInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const pattern = /^([A-Za-z][A-Za-z0-9]*)\s*=\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)$/i;

/** Largest accepted losses by single figures, as they are typed on the command line: METRIC=VALUE. */
export function DropLimits(props: {
  readonly limits: Readonly<Record<string, number>>;
  readonly onChange: (limits: Record<string, number>) => void;
}) {
  const { t } = useTranslation();
  const [isWrong, setWrong] = useState(false);
  return (
    <TagsInput
      size="xs"
      label={t('experiment.maxDrop')}
      description={t('experiment.maxDropHelp')}
      placeholder="mAP=1"
      error={isWrong ? t('experiment.maxDropWrong') : null}
      value={Object.entries(props.limits).map(([metric, value]) => `${metric}=${value}`)}
      onChange={(typed) => {
        const found = typed.map((text) => pattern.exec(text.trim()));
        setWrong(found.includes(null));
        props.onChange(
          Object.fromEntries(found.flatMap((match) => (match === null ? [] : [[match[1]!, Number(match[2])]]))),
        );
      }}
    />
  );
}
