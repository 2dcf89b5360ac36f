import { createHash } from 'node:crypto';
import type { ImageRun, StepProps } from './image-run';
import { ImageRejected } from './rejection';
import type { ImageProblem, ImageSummary } from './summary';
import type { Recipe } from './transform';
import { checkSize, type ImageLimits, type ValidImage, validateImage } from './validate';

/** Decides whether an object is an image that is taken, unless that was done before. */
export async function validateStep(
  run: ImageRun,
  { limits, recipe, ...props }: StepProps & { readonly limits: ImageLimits; readonly recipe: Recipe },
): Promise<ImageRun> {
  const { key, size, etag } = run.object;
  const id = props.layout.idOf(key);
  const isFolderMarker = id === '' || (id.endsWith('/') && size === 0);
  if (isFolderMarker) return { ...run, stopped: 'ignored' };
  const digest = digestOf(recipe, limits);
  if (await isFinished(id, etag, digest, props)) return { ...run, stopped: 'finished' };
  try {
    if (size !== undefined) checkSize(size, limits.maxBytes);
    const original = await props.originals.get(key, etag);
    if (!original) return { ...run, stopped: 'ignored' };
    const valid = await validateImage(original.bytes, limits);
    return { ...run, recipe: digest, source: valid.source, problems: notesOn(valid) };
  } catch (error) {
    if (!(error instanceof ImageRejected)) throw error;
    const problem = { code: error.code, detail: error.detail };
    return { ...run, recipe: digest, problems: [problem], stopped: 'rejected' };
  }
}

function digestOf(recipe: Recipe, limits: ImageLimits): string {
  return createHash('sha256')
    .update(JSON.stringify([recipe, limits]))
    .digest('hex')
    .slice(0, 16);
}

/** Whether an earlier run came to the end that this one would come to. */
async function isFinished(
  id: string,
  etag: string | undefined,
  recipe: string,
  { media, layout }: StepProps,
): Promise<boolean> {
  const stored = await media.get(layout.summaryKey(id));
  if (!stored || !etag) return false;
  const summary: ImageSummary = JSON.parse(Buffer.from(stored.bytes).toString());
  return summary.status !== 'failed' && summary.etag === etag && summary.recipe === recipe;
}

function notesOn({ source, framesDropped }: ValidImage): ImageProblem[] {
  if (framesDropped === 0) return [];
  const detail = `The animation has ${source.frames + framesDropped} frames; the first ${source.frames} are kept.`;
  return [{ code: 'frames_dropped', detail }];
}
