import {
  cartKeyOf,
  checkCharacter,
  fingerprintOf,
  mailHashOf,
  newCartId,
  orderIdOf,
  orderNumberOf,
  writeTokenOf,
} from '../../src/ordering/domain/identity';

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

test('the key of a cart, the id of its order and the number of that do not lead back', () => {
  const cartId = newCartId();
  const names = [cartId, cartKeyOf(cartId), orderIdOf(cartId), orderNumberOf(orderIdOf(cartId))];
  expect(new Set(names).size).toBe(4);
  expect(orderIdOf(cartId)).toMatch(/^[\w-]{22}$/);
});

test('a number has the first 65 bits of the id, and nothing of the others', () => {
  const id = orderIdOf(newCartId());
  const bits = [...Buffer.from(id, 'base64url')].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const number = orderNumberOf(id).replace(/^SO|-/g, '');
  const told = [...number.slice(0, 13)].map((digit) => DIGITS.indexOf(digit).toString(2).padStart(5, '0')).join('');
  expect(told).toBe(bits.slice(0, 65));
  expect(orderNumberOf(`${id.slice(0, 11)}${'_'.repeat(11)}`)).toBe(orderNumberOf(id));
  expect(orderNumberOf(id)).toMatch(/^SO-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{4}$/);
});

test('the check character tells every wrong character, and neighbours exchanged but for 0 and Z', () => {
  for (let round = 0; round < 20; round++) {
    const number = orderNumberOf(orderIdOf(newCartId())).replace(/^SO|-/g, '');
    const digits = number.slice(0, 13);
    expect(checkCharacter(digits)).toBe(number[13]);
    expect(mistakesIn(digits).filter((mistake) => checkCharacter(mistake) === number[13])).toEqual([]);
  }
});

function mistakesIn(digits: string): string[] {
  return [...digits].flatMap((right, place) => {
    const [before, next, after] = [digits.slice(0, place), digits[place + 1], digits.slice(place + 2)];
    const wrong = [...DIGITS]
      .filter((digit) => digit !== right)
      .map((digit) => before + digit + digits.slice(place + 1));
    const isTold = next && next !== right && [right, next].sort().join('') !== '0Z';
    return isTold ? [...wrong, before + next + right + after] : wrong;
  });
}

test('the same request is known by its key and body, however its members are ordered', () => {
  expect(writeTokenOf('key', { sku: 'mug', quantity: 1 })).toBe(writeTokenOf('key', { quantity: 1, sku: 'mug' }));
  expect(writeTokenOf('key', { sku: 'mug', quantity: 1 })).not.toBe(writeTokenOf('key', { sku: 'mug', quantity: 2 }));
  expect(fingerprintOf('key', { a: 1, b: 2 })).toEqual(fingerprintOf('key', { b: 2, a: 1 }));
});

test('a mail address is one however it is written, and does not stand in its hash', () => {
  expect(mailHashOf('Ada@Example.com')).toBe(mailHashOf('ada@example.COM'));
  expect(mailHashOf('ada@example.com')).not.toMatch(/ada|example/);
});
