/** Starting a form from any screen: open a draft that is already there for the stop, else make one. */
import { t } from '../i18n.ts';
import { NotHere, startForm, type NewForm } from '../records.ts';
import { go } from '../router.ts';
import { app } from '../state.ts';
import { warmUp } from './form.ts';
import { toast } from './toast.ts';
import type { MissionInfo } from '../types.ts';

let starting = false;

export async function begin(mission: MissionInfo, wish: NewForm): Promise<void> {
  if (starting) return; // two taps make one record
  starting = true;
  try {
    const { record, session } = await startForm(mission, wish);
    warmUp(record.uuid, session);
    await app.reload();
    go(`form/${record.uuid}`);
  } catch (error) {
    toast(error instanceof NotHere ? t('new_no_forms') : t('form_failed'), 'bad');
    if (!(error instanceof NotHere)) console.error(error);
  } finally {
    starting = false;
  }
}
