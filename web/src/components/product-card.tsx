import type { ProductSummary } from '../api/client';
import { pathOf } from '../paths';
import { useShop } from '../shop';
import { isSoldOut } from '../sold-out';
import { Photo } from './photo';

/** Products side by side. `available` is left out while it is not known. */
export function ProductGrid({
  products,
  available,
  shelf,
}: {
  products: readonly ProductSummary[];
  available?: ReadonlyMap<string, number | null>;
  shelf?: boolean;
}) {
  return (
    <ul class={shelf ? 'products shelf' : 'products'}>
      {products.map((product, index) => (
        <li key={product.id}>
          <ProductCard product={product} soldOut={isSoldOut(product, available)} eager={!shelf && index < 4} />
        </li>
      ))}
    </ul>
  );
}

function ProductCard({ product, soldOut, eager }: { product: ProductSummary; soldOut: boolean; eager: boolean }) {
  const { texts, money, localise } = useShop();
  return (
    <a class="card" href={pathOf.product(product.id)}>
      <Photo
        image={product.image}
        seed={product.skus[0]}
        alt=""
        sizes="(min-width: 60rem) 17rem, (min-width: 36rem) 33vw, 50vw"
        side={320}
        eager={eager}
      />
      <span class="card-name">{localise(product, 'name')}</span>
      <span class="card-price">
        {product.priceTo ? texts.fromPrice(money(product.price)) : money(product.price)}
        {soldOut && <span class="badge">{texts.soldOut}</span>}
      </span>
    </a>
  );
}
