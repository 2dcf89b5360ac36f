import { expect, test } from '@jest/globals';
import { slot } from './storage';

/** A browser's storage, which may be full or forbidden. */
function browserWith(kept: Map<string, string>, may: { read: boolean; write: boolean }): void {
  const unless = (allowed: boolean) => {
    if (!allowed) throw new DOMException('no', 'SecurityError');
  };
  const value = {
    getItem(key: string) {
      unless(may.read);
      return kept.get(key) ?? null;
    },
    setItem(key: string, text: string) {
      unless(may.write);
      kept.set(key, text);
    },
    removeItem(key: string) {
      unless(may.write);
      kept.delete(key);
    },
  };
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, value });
}

test('what another tab has cleared or changed is not remembered by this one', () => {
  const kept = new Map<string, string>();
  browserWith(kept, { read: true, write: true });
  const tabs = [slot('cart'), slot('cart')];
  tabs[0].write('a');
  expect(tabs[1].read()).toBe('a');
  tabs[1].clear();
  expect(tabs[0].read()).toBeNull();
  tabs[1].write('b');
  expect(tabs[0].read()).toBe('b');
});

test.each([
  ['full', { read: true, write: false }],
  ['forbidden', { read: false, write: false }],
])('where the storage is %s, a page remembers by itself', (_, may) => {
  browserWith(new Map(), may);
  const text = slot('cart');
  expect(text.read()).toBeNull();
  text.write('a');
  expect(text.read()).toBe('a');
  text.clear();
  expect(text.read()).toBeNull();
});
