import { describe, expect, test } from '@jest/globals';
import type { Photo } from '../api/client';
import { PhotoBook } from './photo-book';

const photo = (id: string, version = 1): Photo => ({
  id,
  variants: [{ address: `/media/${id}/${version}/card.webp`, width: 480, format: 'webp' }],
});

/** A book whose requests are counted, in a time that a test sets. */
function newBook(lookUp: (ids: readonly string[]) => readonly Photo[] = (ids) => ids.map((id) => photo(id))) {
  const requests: string[][] = [];
  const clock = { now: 0 };
  const book = new PhotoBook(
    async (ids) => {
      requests.push([...ids]);
      return lookUp(ids);
    },
    () => clock.now,
  );
  return { book, requests, clock };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('the photos of a page', () => {
  test('are asked for together, each once', async () => {
    const { book, requests } = newBook();
    for (const id of ['a', 'b', 'a', 'c']) book.want(id);
    expect(book.find('a')).toBeUndefined();
    await settled();
    for (const id of ['a', 'b']) book.want(id);
    await settled();
    expect(requests).toEqual([['a', 'b', 'c']]);
    expect(book.find('a')).toEqual(photo('a'));
  });

  test('are told to whoever listens', async () => {
    const { book } = newBook();
    let told = 0;
    const stop = book.listen(() => {
      told += 1;
    });
    book.want('a');
    await settled();
    stop();
    book.want('b');
    await settled();
    expect(told).toBe(1);
  });

  test('fit into requests that are taken everywhere, however many and long their ids are', async () => {
    const { book, requests } = newBook();
    const ids = [
      ...Array.from({ length: 60 }, (_, n) => `photo-${n}.jpg`),
      ...Array.from({ length: 6 }, (_, n) => `${n}${'花'.repeat(100)}`),
    ];
    for (const id of ids) book.want(id);
    await settled();
    expect(requests.flat()).toEqual(ids);
    expect(Math.max(...requests.map(({ length }) => length))).toBe(50);
    const encoded = requests.map((group) => encodeURIComponent(group.map(encodeURIComponent).join()).length);
    expect(Math.max(...encoded)).toBeLessThan(5_000);
  });

  test('are none while nobody answers, and asked for again later', async () => {
    const replies: (Photo[] | Error)[] = [new Error('unreachable'), [photo('a')]];
    const { book, clock } = newBook(() => {
      const reply = replies.shift() as Photo[] | Error;
      if (reply instanceof Error) throw reply;
      return reply;
    });
    book.want('a');
    await settled();
    expect(book.find('a')).toEqual({ id: 'a', variants: [] });
    clock.now += 60_000;
    book.want('a');
    await settled();
    expect(book.find('a')).toEqual(photo('a'));
  });
});

describe('a photo that was replaced', () => {
  test('is found after a minute; until then the page shows what there was', async () => {
    let version = 1;
    const { book, requests, clock } = newBook((ids) => ids.map((id) => photo(id, version)));
    book.want('a');
    await settled();
    version = 2;
    clock.now = 59_000;
    book.want('a');
    await settled();
    expect(requests).toHaveLength(1);
    clock.now = 60_000;
    book.want('a');
    expect(book.find('a')).toEqual(photo('a', 1));
    await settled();
    expect(book.find('a')).toEqual(photo('a', 2));
  });

  test('is found at once when a file of the old one is gone', async () => {
    let version = 1;
    const { book } = newBook((ids) => ids.map((id) => photo(id, version)));
    book.want('a');
    await settled();
    version = 2;
    book.renew('a');
    await settled();
    expect(book.find('a')).toEqual(photo('a', 2));
  });
});
