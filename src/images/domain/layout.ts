import { extensionOf } from '../../runtime/media-type';
import { KEEPER_STATE, SUMMARY } from '../contract';
import type { VariantSpec } from './recipe';

/** What an object of the output is part of. */
export interface Output {
  readonly id: string;
  /** Run that made it; none of a summary. */
  readonly run?: string;
}

/**
 * Where an image and what is made of it stand. An image's id is its key below the source prefix. Each run has a folder
 * of its own, so that what stands at an address never changes.
 */
export class Layout {
  constructor(private readonly prefixes: { readonly source: string; readonly output: string }) {}

  get originals(): string {
    return this.prefixes.source;
  }

  get outputs(): string {
    return this.prefixes.output;
  }

  get keeperState(): string {
    return this.prefixes.output + KEEPER_STATE;
  }

  idOf(sourceKey: string): string {
    return sourceKey.slice(this.prefixes.source.length);
  }

  sourceKey(id: string): string {
    return this.prefixes.source + id;
  }

  /** Of everything that is made of an image; and of the images in a folder that has the image's name. */
  outputsOf(id: string): string {
    return `${this.prefixes.output}${id}/`;
  }

  variantKey(id: string, run: string, { name, format }: Pick<VariantSpec, 'name' | 'format'>): string {
    return `${this.outputsOf(id)}${run}/${name}.${extensionOf(format)}`;
  }

  summaryKey(id: string): string {
    return this.outputsOf(id) + SUMMARY;
  }

  /** What an object of the output is; undefined when the pipeline did not make it. */
  read(key: string): Output | undefined {
    const parts = key.slice(this.prefixes.output.length).split('/');
    const name = parts.pop();
    if (name === SUMMARY) return parts.length > 0 ? { id: parts.join('/') } : undefined;
    const run = parts.pop();
    return run !== undefined && RUN.test(run) && parts.length > 0 ? { id: parts.join('/'), run } : undefined;
  }
}

/** Name of a run's folder. */
const RUN = /^[0-9a-f]{16}$/;
