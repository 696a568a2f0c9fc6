/** What goes along with a whole record, whatever its form asks: photos, and where it was made. */
import type { TemplateResult } from 'lit';
import { t } from '../i18n.ts';
import { addPhotos, picturesPart } from '../pictures.ts';
import { locate, positionPart } from '../position.ts';
import { dropPhoto, listPhotos } from '../store.ts';
import { toast } from './toast.ts';
import type { PhotoRow, Position, RecordRow } from '../types.ts';

/** The screen that holds the record. */
export interface Host {
  record(): RecordRow | null;
  /** The record is in the store, so that a photo never stands without it; false while two windows clash. */
  ready(): Promise<boolean>;
  save(): Promise<void>;
  redraw(): void;
  /** Photos that belong to a question are drawn there. */
  isOfQuestion(photo: PhotoRow): boolean;
}

export class Extras {
  photos: PhotoRow[] = [];
  private problems: string[] = [];
  private locating = false;

  constructor(private readonly host: Host) {}

  async load(): Promise<void> {
    const record = this.host.record();
    this.photos = record ? (await listPhotos(record.uuid)).filter((photo) => !this.host.isOfQuestion(photo)) : [];
    this.host.redraw();
  }

  pictures(allowed: boolean): TemplateResult {
    return picturesPart({ photos: this.photos, problems: this.problems, add: (files) => void this.add(files), remove: (photo) => void this.remove(photo) }, allowed);
  }

  position(): TemplateResult {
    return positionPart(this.host.record()?.position, this.locating, () => void this.locate(), () => void this.place(null));
  }

  private async add(files: File[]): Promise<void> {
    if (!(await this.host.ready())) return;
    this.problems = await addPhotos(files, this.host.record()!);
    await this.load();
  }

  private async remove(photo: PhotoRow): Promise<void> {
    await dropPhoto(photo.uuid);
    await this.load();
  }

  private async locate(): Promise<void> {
    this.locating = true;
    this.host.redraw();
    const found = await locate();
    this.locating = false;
    if (found) await this.place(found);
    else toast(t('form_position_failed'), 'bad');
    this.host.redraw();
  }

  private async place(position: Position | null): Promise<void> {
    const record = this.host.record();
    if (!record) return;
    record.position = position;
    this.host.redraw();
    await this.host.save();
  }
}
