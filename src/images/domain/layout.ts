import { SUMMARY } from '../contract';
import type { VariantSpec } from './transform';

/** Where an image and what is made of it stand. An image's id is its key below the source prefix. */
export class Layout {
  constructor(private readonly prefixes: { readonly source: string; readonly output: string }) {}

  idOf(sourceKey: string): string {
    return sourceKey.slice(this.prefixes.source.length);
  }

  sourceKey(id: string): string {
    return this.prefixes.source + id;
  }

  variantKey(id: string, { name, format }: Pick<VariantSpec, 'name' | 'format'>): string {
    return `${this.prefixes.output}${id}/${name}.${format}`;
  }

  summaryKey(id: string): string {
    return `${this.prefixes.output}${id}/${SUMMARY}`;
  }
}
