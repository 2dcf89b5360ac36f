import { extensionOf } from '../../runtime/media-type';
import { KEEPER_STATE, SUMMARY } from '../contract';
import type { VariantSpec } from './recipe';

/** What an object of the output is part of. */
export interface Output {
  readonly id: string;
  /** Run that made it. */
  readonly run: string;
}

/**
 * Where an image and what is made of it stand. An image's id is its key below the source prefix. Each run has a folder
 * of its own, so that what stands at an address never changes. Below their prefixes, the summary of an image sorts among
 * its variants.
 */
export class Layout {
  constructor(
    private readonly prefixes: { readonly source: string; readonly output: string; readonly summaries: string },
  ) {}

  get originals(): string {
    return this.prefixes.source;
  }

  get outputs(): string {
    return this.prefixes.output;
  }

  get summaries(): string {
    return this.prefixes.summaries;
  }

  get keeperState(): string {
    return this.prefixes.summaries + KEEPER_STATE;
  }

  idOf(sourceKey: string): string {
    return sourceKey.slice(this.prefixes.source.length);
  }

  sourceKey(id: string): string {
    return this.prefixes.source + id;
  }

  /** Of all variants of an image; and of those of the images in a folder that has the image's name. */
  outputsOf(id: string): string {
    return `${this.prefixes.output}${id}/`;
  }

  variantKey(id: string, run: string, { name, format }: Pick<VariantSpec, 'name' | 'format'>): string {
    return `${this.outputsOf(id)}${run}/${name}.${extensionOf(format)}`;
  }

  summaryKey(id: string): string {
    return `${this.prefixes.summaries}${id}/${SUMMARY}`;
  }

  /** What an object of the output is; undefined when the pipeline did not make it. */
  read(key: string): Output | undefined {
    const [, run, ...folders] = key.slice(this.prefixes.output.length).split('/').reverse();
    return run !== undefined && RUN.test(run) && folders.length > 0
      ? { id: folders.reverse().join('/'), run }
      : undefined;
  }

  /** Id of the image that an object is the summary of, if it is one. */
  summarised(key: string): string | undefined {
    const [name, ...folders] = key.slice(this.prefixes.summaries.length).split('/').reverse();
    return name === SUMMARY && folders.length > 0 ? folders.reverse().join('/') : undefined;
  }
}

/** Name of a run's folder. */
const RUN = /^[0-9a-f]{16}$/;
