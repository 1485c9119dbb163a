import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { labSettingsSchema, type LabSettings } from '../../../shared/contract/requests.ts';
import { PathField } from '../../components/path-field.tsx';
import { useAppState } from '../../hooks/use-app-state.ts';
import classes from './devices-page.module.css';

const pathNames = ['credsPath', 'passwordPath', 'tokenPath', 'tlsCaPath', 'tlsCertPath', 'tlsKeyPath'] as const;
type Draft = Omit<LabSettings, 'server'> & { readonly server: string };

const empty: Draft = {
  server: '',
  credsPath: null,
  user: null,
  passwordPath: null,
  tokenPath: null,
  tlsCaPath: null,
  tlsCertPath: null,
  tlsKeyPath: null,
};

/** Where the server is, and the files that hold what it asks for: their places, never what is in them. */
export function ServerForm() {
  const { t } = useTranslation();
  const { settings, changeSettings } = useAppState();
  const [draft, setDraft] = useState<Draft>(settings.lab ?? empty);
  const [isTried, setTried] = useState(false);
  const checked = labSettingsSchema.safeParse(draft);
  const isSame = JSON.stringify(draft) === JSON.stringify(settings.lab ?? empty);
  const save = (): void => {
    setTried(true);
    if (checked.success) changeSettings({ lab: checked.data });
  };
  return (
    <form
      className={classes.form}
      aria-label={t('devices.server')}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextInput
        size="xs"
        label={t('devices.address')}
        placeholder="nats://lab.local:4222"
        spellCheck={false}
        value={draft.server}
        error={isTried && !checked.success ? t('devices.addressWrong') : null}
        onChange={(event) => setDraft({ ...draft, server: event.currentTarget.value.trim() })}
      />
      <TextInput
        size="xs"
        label={t('devices.user')}
        spellCheck={false}
        maxLength={200}
        value={draft.user ?? ''}
        onChange={(event) => {
          const user = event.currentTarget.value;
          setDraft({ ...draft, user: user === '' ? null : user });
        }}
      />
      {pathNames.map((name) => (
        <PathField
          key={name}
          label={t(`devices.${name}`)}
          kind="credentials"
          value={draft[name]}
          onChange={(path) => setDraft({ ...draft, [name]: path })}
        />
      ))}
      <div className={classes.formActions}>
        <Button type="submit" size="xs" disabled={isSame || draft.server === ''}>
          {t('devices.connect')}
        </Button>
        {settings.lab !== null && (
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              setDraft(empty);
              setTried(false);
              changeSettings({ lab: null });
            }}
          >
            {t('devices.leave')}
          </Button>
        )}
      </div>
    </form>
  );
}
