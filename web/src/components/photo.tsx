import { useState } from 'preact/hooks';
import { usePhoto } from '../photos/photos';
import { sourcesOf } from '../photos/sources';
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
  const { photo, renew } = usePhoto(image);
  const [broken, setBroken] = useState<string>();
  if (!photo) return <span class="photo" />;
  const sources = sourcesOf(photo, side);
  const last = sources.pop();
  if (!last || broken === last.src) {
    return (
      <span class="photo">
        <Art seed={seed} title={alt} />
      </span>
    );
  }
  return (
    <span class="photo">
      <picture>
        {sources.map(({ type, srcset }) => (
          <source key={type} type={type} srcset={srcset} sizes={sizes} />
        ))}
        <img
          src={last.src}
          srcset={last.srcset}
          sizes={sizes}
          alt={alt}
          width={side}
          height={side}
          loading={eager ? 'eager' : 'lazy'}
          decoding="async"
          onError={() => {
            setBroken(last.src);
            renew();
          }}
        />
      </picture>
    </span>
  );
}
