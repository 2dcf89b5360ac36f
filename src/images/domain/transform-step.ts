import type { ImageRun, StepProps } from './image-run';
import type { MadeVariant } from './summary';
import { makeVariants, type Recipe } from './transform';

// A variant's address stays the same when its original is replaced, so copies must not outlive that for long.
const CACHE_CONTROL = 'public, max-age=3600';

/** Makes and stores the variants of a validated image. */
export async function transformStep(
  run: ImageRun,
  { originals, media, layout, recipe, maxPixels }: StepProps & { readonly recipe: Recipe; readonly maxPixels: number },
): Promise<ImageRun> {
  if (run.stopped) return run;
  if (!run.source) throw new Error('The image was not validated.');
  const original = await originals.get(run.object.key, run.object.etag);
  if (!original) return { ...run, stopped: 'ignored' };

  const id = layout.idOf(run.object.key);
  const variants: MadeVariant[] = [];
  const problems = [...(run.problems ?? [])];
  for await (const result of makeVariants(original.bytes, run.source, recipe, maxPixels)) {
    const { name, format } = result.spec;
    if ('problem' in result) {
      const detail = `The variant could not be made: ${result.problem}`;
      problems.push({ code: 'variant_failed', detail, variant: name });
      continue;
    }
    const { data, width, height } = result;
    const key = layout.variantKey(id, result.spec);
    await media.put(key, data, { contentType: `image/${format}`, cacheControl: CACHE_CONTROL });
    const bytesSaved = run.source.bytes - data.length;
    variants.push({ name, format, width, height, bytes: data.length, bytesSaved, key });
  }
  return { ...run, variants, problems };
}
