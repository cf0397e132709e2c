import { Injectable, Module, SkerryError } from '@skerry/core';

// #region settings
/** Read once, checked at boot: an application with a wrong price does not start. */
@Injectable()
export class Settings {
  readonly freeFromCents: number;

  constructor(env: Readonly<Record<string, string | undefined>> = process.env) {
    const text = env['FREE_FROM_CENTS'] ?? '5000';
    this.freeFromCents = Number(text);
    if (!(Number.isInteger(this.freeFromCents) && this.freeFromCents >= 0)) {
      throw new SkerryError('SETTINGS_INVALID', `FREE_FROM_CENTS is '${text}'; give cents, such as 5000`);
    }
  }
}

@Module({ providers: [{ provide: Settings, useFactory: () => new Settings() }], exports: [Settings] })
export class SettingsModule {}
// #endregion settings
