import type * as s3 from 'aws-cdk-lib/aws-s3';
import { isWhole, type Mistakes, PREFIX } from '../building-blocks/validation';
import { SUMMARIES } from './contract';
import type { ImagePipelineProps } from './image-pipeline-props';
import { DEFAULT_VARIANTS, variantMistakes } from './image-variant';

const MOST_BYTES = 100 * 1024 * 1024;
const MOST_PIXELS = 100_000_000;
const MOST_FRAMES = 1000;

interface Locations {
  readonly sourceBucket: s3.IBucket;
  readonly sourcePrefix: string;
  readonly outputBucket: s3.IBucket;
  readonly outputPrefix: string;
}

export function checkProps(mistakes: Mistakes, props: ImagePipelineProps, at: Locations): void {
  const { variants, maxBytes, maxPixels, maxFrames, uploadExpiry, source } = props;
  const days = uploadExpiry?.toDays({ integral: false });
  mistakes.when(
    days !== undefined && !isWhole(days, 1, 3650),
    `uploadExpiry is ${uploadExpiry?.toHumanString()}; it must be whole days, from 1 to 3650.`,
  );
  mistakes.when(
    uploadExpiry !== undefined && source?.bucket !== undefined,
    'uploadExpiry is for the bucket that the pipeline makes. Give source.bucket a lifecycle rule for objects with the tag upload=unclaimed instead.',
  );
  for (const mistake of variantMistakes(variants ?? DEFAULT_VARIANTS)) mistakes.when(true, mistake);

  const sameBucket = at.outputBucket.bucketName === at.sourceBucket.bucketName;
  for (const [name, prefix] of Object.entries({ source: at.sourcePrefix, output: at.outputPrefix })) {
    mistakes.unlessMatching(
      prefix,
      PREFIX,
      `${name}.prefix is "${prefix}"; it must be names of letters, digits, ".", "_" and "-", each followed by "/", as in "photos/".`,
    );
  }
  mistakes.when(
    sameBucket && at.outputPrefix.startsWith(at.sourcePrefix),
    `output.prefix "${at.outputPrefix}" is under source.prefix "${at.sourcePrefix}" in the same bucket, so that variants would be taken for originals without end. Choose prefixes beside each other, or another bucket for the output.`,
  );
  mistakes.when(
    sameBucket && at.sourcePrefix !== at.outputPrefix && at.sourcePrefix.startsWith(at.outputPrefix),
    `source.prefix "${at.sourcePrefix}" is under output.prefix "${at.outputPrefix}" in the same bucket, so that originals would be given out with the variants. Choose prefixes beside each other, or another bucket for the output.`,
  );
  mistakes.when(
    at.outputPrefix.startsWith(SUMMARIES),
    `output.prefix "${at.outputPrefix}" is under ${SUMMARIES}, where the summaries are, so that they would be given out with the variants. Choose another prefix.`,
  );
  mistakes.when(
    sameBucket && at.sourcePrefix.startsWith(SUMMARIES),
    `source.prefix "${at.sourcePrefix}" is under ${SUMMARIES}, where the summaries are, which would be taken for originals. Choose another prefix.`,
  );
  const limits = [
    ['maxBytes', maxBytes, MOST_BYTES],
    ['maxPixels', maxPixels, MOST_PIXELS],
    ['maxFrames', maxFrames, MOST_FRAMES],
  ] as const;
  for (const [name, value, most] of limits) mistakes.unlessWhole(name, value, 1, most);
}
