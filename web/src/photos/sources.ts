import type { Photo } from '../api/client';

type Variant = Photo['variants'][number];

/** A choice of files of one format: what `source` and `img` are given. */
export interface Sources {
  readonly type: string;
  readonly srcset: string;
  /** For browsers that know no choice, and while nothing is chosen. */
  readonly src: string;
}

/** From the one that a browser takes first, if it can, to the one that every browser can show. */
const FORMATS: readonly Variant['format'][] = ['avif', 'webp', 'jpeg', 'png'];

/**
 * The files of a photo by format, the most widely known format last.
 *
 * @param side width in CSS pixels that it is drawn with
 */
export function sourcesOf({ variants }: Photo, side: number): Sources[] {
  return FORMATS.map((format) => variants.filter((it) => it.format === format))
    .filter((ofFormat) => ofFormat.length > 0)
    .map((ofFormat) => ({
      type: `image/${ofFormat[0].format}`,
      srcset: ofFormat.map(({ address, width }) => `${address} ${width}w`).join(', '),
      src: (ofFormat.find(({ width }) => width >= side) ?? ofFormat[ofFormat.length - 1]).address,
    }));
}
