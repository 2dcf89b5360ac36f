import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { api, ask, type Photo } from '../api/client';
import { useShop } from '../shop';
import { PhotoBook } from './photo-book';

const book = new PhotoBook(async (ids) => {
  // Commas separate ids, so one in an id must not look like them.
  const query = { id: ids.map(encodeURIComponent) };
  return (await ask(api.GET('/photos', { params: { query } }))).items;
});

/**
 * A photo by its id, or undefined while it is not known yet.
 *
 * @returns with it, what to call when a file of it could not be loaded
 */
export function usePhoto(id: string | null): { photo: Photo | undefined; renew: () => void } {
  const { photos } = useShop().config;
  const sought = photos ? id : null;
  const [, draw] = useState<Photo>();
  // Before effects of the next frame, so that all photos of a page are wanted at one moment.
  useLayoutEffect(() => {
    if (sought !== null) book.want(sought);
  }, [sought]);
  useEffect(() => {
    if (sought === null) return undefined;
    draw(book.find(sought));
    return book.listen(() => draw(book.find(sought)));
  }, [sought]);
  return {
    photo: sought === null ? { id: '', variants: [] } : book.find(sought),
    renew: () => sought !== null && book.renew(sought),
  };
}
