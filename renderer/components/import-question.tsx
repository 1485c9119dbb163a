import { Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Asks before the runs of bundles that were dropped or opened from outside enter the history. */
export function ImportQuestion(props: {
  readonly paths: readonly string[];
  readonly onAnswer: (accepted: boolean) => void;
}) {
  const { t } = useTranslation();
  const { paths, onAnswer } = props;
  return (
    <Modal
      opened
      onClose={() => onAnswer(false)}
      title={t('import.question', { count: paths.length })}
      centered
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="sm">
        <List size="sm">
          {paths.map((path) => (
            <List.Item key={path} style={{ overflowWrap: 'anywhere' }}>
              {path}
            </List.Item>
          ))}
        </List>
        <Text size="sm">{t('import.questionHint')}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => onAnswer(false)}>
            {t('common.cancel')}
          </Button>
          <Button data-autofocus onClick={() => onAnswer(true)}>
            {t('import.accept')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
