import { ProductLines } from '../../../src/catalog/domain/product-lines';
import { seeded } from '../../simulation/random';
import { linesOf, product } from './products';

test('lines with some replaced, added and left out are those of the products that result', () => {
  const random = seeded(1);
  const ids = Array.from({ length: 30 }, (_, n) => `p${n}`);
  let lines = ProductLines.NONE;
  const held = new Map<string, number>();
  for (let round = 0; round < 200; round++) {
    const changes = new Map(
      ids
        .filter(() => random() < 0.2)
        .map((id) => [id, random() < 0.3 ? undefined : product(id, { amount: Math.floor(random() * 1000) })]),
    );
    for (const [id, changed] of changes) {
      if (changed) held.set(id, changed.skus[0].price.amount);
      else held.delete(id);
    }
    lines = lines.with(changes);
    expect([...lines.ids()]).toEqual([...held.keys()].sort());
    for (const id of ids) expect(lines.find(id)?.skus[0].price.amount).toBe(held.get(id));
    expect(lines.count).toBe(held.size);
  }
});

test('a line is found by its id, whatever stands in the others', () => {
  const lines = linesOf([product('a', { name: '"},{"id":"b"\n' }), product('c')]);
  expect(lines.find('b')).toBeUndefined();
  expect(lines.find('a')?.name).toBe('"},{"id":"b"\n');
  expect(lines.bytesOf('b')).toBe(0);
  expect(lines.bytesOf('a') + lines.bytesOf('c')).toBe(lines.bytes.length);
});
