import type { components } from '../functions/api.generated';

type Schemas = components['schemas'];

/** What is known about an image, as the API tells it. */
export type ImageSummary = Schemas['ImageSummary'];
export type ImageSource = NonNullable<ImageSummary['source']>;
export type ImageProblem = Schemas['ImageProblem'];
export type MadeVariant = Schemas['ImageVariant'];
export type Steps = NonNullable<ImageSummary['steps']>;

/** What stands beside the variants: what became of the latest original, and the variants that can be shown. */
export type StoredSummary = Omit<ImageSummary, 'status'> & {
  readonly status: 'ready' | 'rejected' | 'failed' | 'deleted';
  /** Of the run that wrote it, so that no two are alike. */
  readonly run: string;
  readonly variants: MadeVariant[];
};
