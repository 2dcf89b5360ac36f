/** A product as far as an invoice names it. */
export interface SoldProduct {
  readonly sku: string;
  readonly name: string;
  readonly price: { readonly amount: number };
}

export interface SalesFile {
  readonly name: string;
  readonly csv: string;
  readonly lines: number;
}

const DAYS = 90;
const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
/** Countries with how often each orders. */
const COUNTRIES: [string, number][] = [
  ['United Kingdom', 40],
  ['Germany', 18],
  ['France', 14],
  ['Netherlands', 10],
  ['China', 9],
  ['Spain', 6],
  ['Sweden', 3],
];
const CANCELLED_SHARE = 0.06;
const SEED = 20;

/** Invoice lines of the days before `until`, one file per month; the same for the same arguments. */
export function sampleSales(products: readonly SoldProduct[], until: Date): SalesFile[] {
  const random = mulberry32(SEED);
  const popularity = products.map((product, index) => [product, 1 / (index + 1)] as [SoldProduct, number]);
  const months = new Map<string, string[]>();
  let invoice = 700_000;
  for (let day = DAYS; day > 0; day--) {
    const date = new Date(until.getTime() - day * 86_400_000);
    const weekend = [0, 6].includes(date.getUTCDay());
    const orders = Math.round((weekend ? 6 : 12) * (0.6 + 0.8 * random()) * (1 + (DAYS - day) / DAYS));
    const month = date.toISOString().slice(0, 7);
    const lines = months.get(month) ?? [];
    months.set(month, lines);
    for (let order = 0; order < orders; order++) {
      const country = pick(COUNTRIES, random);
      const customer = 12_000 + Math.floor(random() * 400);
      const time = Math.floor(date.getTime() / 1000) + Math.floor(random() * 3600);
      const cancelled = random() < CANCELLED_SHARE;
      invoice++;
      for (let line = 0; line < 1 + Math.floor(random() * 4); line++) {
        const { sku, name, price } = pick(popularity, random);
        const quantity = (1 + Math.floor(random() * 3)) * (cancelled ? -1 : 1);
        const values = [
          `${cancelled ? 'C' : ''}${invoice}`,
          sku,
          name,
          quantity,
          time,
          price.amount / 100,
          customer,
          country,
        ];
        lines.push(values.map(csvValue).join(','));
      }
    }
  }
  return [...months].map(([month, lines]) => ({
    name: `sample-${month}.csv`,
    csv: `${[HEADER, ...lines].join('\n')}\n`,
    lines: lines.length,
  }));
}

function pick<T>(weighted: [T, number][], random: () => number): T {
  let rest = random() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of weighted) {
    rest -= weight;
    if (rest < 0) return item;
  }
  return weighted[weighted.length - 1][0];
}

function csvValue(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A small seeded generator of numbers from 0 to 1. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
