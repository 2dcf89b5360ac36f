import { expect, test } from '@jest/globals';
import { sourcesOf } from './sources';

const variant = (width: number, format: 'avif' | 'webp' | 'jpeg' | 'png', ext: string) => ({
  address: `/media/mug.jpg/1f/${width}.${ext}`,
  width,
  format,
});

test('of one format, the browser chooses by width; without a choice it takes the narrowest that is wide enough', () => {
  const photo = { id: 'mug.jpg', variants: [160, 480, 1200].map((width) => variant(width, 'webp', 'webp')) };
  expect(sourcesOf(photo, 320)).toEqual([
    {
      type: 'image/webp',
      srcset: '/media/mug.jpg/1f/160.webp 160w, /media/mug.jpg/1f/480.webp 480w, /media/mug.jpg/1f/1200.webp 1200w',
      src: '/media/mug.jpg/1f/480.webp',
    },
  ]);
  expect(sourcesOf(photo, 2000)[0].src).toBe('/media/mug.jpg/1f/1200.webp');
});

test('of several formats, the most widely known comes last, as the image that all can show', () => {
  const variants = [variant(480, 'jpeg', 'jpg'), variant(480, 'avif', 'avif'), variant(1200, 'webp', 'webp')];
  expect(sourcesOf({ id: 'mug.jpg', variants }, 320).map(({ type, src }) => [type, src])).toEqual([
    ['image/avif', '/media/mug.jpg/1f/480.avif'],
    ['image/webp', '/media/mug.jpg/1f/1200.webp'],
    ['image/jpeg', '/media/mug.jpg/1f/480.jpg'],
  ]);
});

test('without variants there is nothing to show', () => {
  expect(sourcesOf({ id: 'mug.jpg', variants: [] }, 320)).toEqual([]);
});
