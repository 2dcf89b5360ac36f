import { useState } from 'preact/hooks';
import type { ImageSource } from '../api/client';
import { useShop } from '../shop';
import { Art } from './art';

interface Props {
  /** Id of the image, or null when there is none. */
  readonly image: string | null;
  /** What the pattern without a photo follows from. */
  readonly seed: string;
  /** Empty when the text beside it says the same. */
  readonly alt: string;
  /** How wide it is drawn, for the browser to choose a variant: the attribute `sizes`. */
  readonly sizes: string;
  /** Drawn width and height in CSS pixels, which keep its place until it is there. */
  readonly side: number;
  readonly eager?: boolean;
}

/** A product's photo in the variant that fits, or a pattern when there is none. */
export function Photo({ image, seed, alt, sizes, side, eager }: Props) {
  const { images } = useShop().config;
  const [broken, setBroken] = useState<string>();
  if (image === null || images === null || broken === image) {
    return (
      <span class="photo">
        <Art seed={seed} title={alt} />
      </span>
    );
  }
  return (
    <span class="photo">
      <img
        src={addressOf(images, image, closest(images, side))}
        srcset={images.variants.map((it) => `${addressOf(images, image, it)} ${it.width}w`).join(', ')}
        sizes={sizes}
        alt={alt}
        width={side}
        height={side}
        loading={eager ? 'eager' : 'lazy'}
        decoding="async"
        onError={() => setBroken(image)}
      />
    </span>
  );
}

type Variant = ImageSource['variants'][number];

function closest({ variants }: ImageSource, side: number): Variant {
  return variants.find((it) => it.width >= side) ?? variants[variants.length - 1];
}

/** Folders in an image's id stay folders in its address. */
function addressOf({ baseUrl }: ImageSource, image: string, { name, format }: Variant): string {
  return `${baseUrl}/${image.split('/').map(encodeURIComponent).join('/')}/${name}.${format === 'jpeg' ? 'jpg' : format}`;
}
