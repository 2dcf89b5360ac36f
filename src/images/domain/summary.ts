import type { components } from '../functions/api.generated';

type Schemas = components['schemas'];

/** What is known about an image, as it is stored beside its variants and told by the API. */
export type ImageSummary = Schemas['ImageSummary'];
export type ImageSource = NonNullable<ImageSummary['source']>;
export type ImageProblem = Schemas['ImageProblem'];
export type MadeVariant = Schemas['ImageVariant'];
