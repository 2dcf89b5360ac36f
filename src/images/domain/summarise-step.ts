import type { FailedRun, StepProps } from './image-run';
import type { ImageSummary } from './summary';

/**
 * Writes down how it went, for a run that failed as well.
 *
 * @returns undefined when there is nothing to add to what stands there
 */
export async function summariseStep(
  run: FailedRun,
  { media, layout }: Pick<StepProps, 'media' | 'layout'>,
): Promise<ImageSummary | undefined> {
  if (run.stopped === 'finished' || run.stopped === 'ignored') return undefined;
  const summary = summaryOf(layout.idOf(run.object.key), run);
  await media.put(layout.summaryKey(summary.id), Buffer.from(JSON.stringify(summary)), {
    contentType: 'application/json',
    cacheControl: 'no-cache',
  });
  return summary;
}

function summaryOf(id: string, run: FailedRun): ImageSummary {
  const { source, recipe, variants = [] } = run;
  const problems = [...(run.problems ?? [])];
  if (run.error && !run.variants) {
    problems.push({
      code: 'internal_error',
      detail: 'The service failed while it worked on the image. Putting the image again starts a new attempt.',
    });
  }
  const status = statusOf(run);
  return { id, status, etag: run.object.etag, recipe, source, steps: stepsOf(run), variants, problems };
}

function statusOf({ stopped, variants = [] }: FailedRun): ImageSummary['status'] {
  if (stopped === 'rejected') return 'rejected';
  return variants.length === 0 ? 'failed' : 'ready';
}

function stepsOf({ stopped, source, variants, problems = [] }: FailedRun): ImageSummary['steps'] {
  const summarise = 'done' as const;
  if (stopped === 'rejected') return { validate: 'rejected', transform: 'skipped', summarise };
  if (!source) return { validate: 'failed', transform: 'skipped', summarise };
  if (!variants || variants.length === 0) return { validate: 'done', transform: 'failed', summarise };
  const partial = problems.some(({ code }) => code === 'variant_failed');
  return { validate: 'done', transform: partial ? 'partial' : 'done', summarise };
}
