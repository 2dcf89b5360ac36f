import { useState } from 'preact/hooks';
import { announce } from '../announce';
import { api, ask, type Product, ShopProblem, type Variant } from '../api/client';
import { useCart, cart as visitorsCart } from '../cart/cart';
import { useAvailability, useCategories, useProducts } from '../catalogue';
import { CheckIcon, TruckIcon } from '../components/icons';
import { OptionPicker } from '../components/option-picker';
import { PageHeading } from '../components/page-heading';
import { Photo } from '../components/photo';
import { ProductGrid } from '../components/product-card';
import { Quantity } from '../components/quantity';
import { Failed, Loading, Notice } from '../components/status';
import type { Texts } from '../i18n/en';
import { problemWords } from '../i18n/problem-words';
import { pathOf } from '../paths';
import { useResource } from '../resource';
import { navigate } from '../router';
import { useShop } from '../shop';
import { variantOf } from '../variants';
import { NotFoundPage } from './not-found';

const FEW = 5;
const RELATED = 4;

/** @param sku the variant that the address names */
export function ProductPage({ id, sku }: { id: string; sku: string | null }) {
  const { texts } = useShop();
  const product = useResource(`product ${id}`, () => ask(api.GET('/products/{id}', { params: { path: { id } } })));
  if (product.state === 'loading') return <Loading />;
  if (product.state === 'failed') {
    if (product.problem.code === 'product_not_found') return <NotFoundPage why={texts.problems.product_not_found} />;
    return <Failed {...product} />;
  }
  return <Details product={product.data} variant={variantOf(product.data.variants, sku)} />;
}

function Details({ product, variant }: { product: Product; variant: Variant }) {
  const shop = useShop();
  const { texts, money, localise } = shop;
  const categories = useCategories();
  const category = categories.state === 'ready' ? categories.data.find((it) => it.id === product.category) : undefined;
  const categoryName = category ? shop.categoryName(category) : product.category;
  const name = localise(product, 'name');
  const fullName = shop.fullName(name, variant);
  const stock = useAvailability(product.variants.map((it) => it.sku));
  // Not known, or not yet, is not sold out.
  const available = stock.get(variant.sku) ?? undefined;

  const choose = (next: Variant) => {
    navigate(pathOf.product(product.id, next.sku), { replace: true });
    const left = stock.get(next.sku) ?? undefined;
    const told = [shop.optionWords(next), money(next.price), left === undefined ? '' : stockWords(texts, left)];
    announce(told.filter(Boolean).join(texts.comma));
  };

  return (
    <div class="page">
      <nav class="breadcrumb" aria-label={texts.breadcrumb}>
        <a href="/">{texts.home}</a>
        <a href={pathOf.products({ category: product.category })}>{categoryName}</a>
        <span aria-current="page">{name}</span>
      </nav>
      <article class="product">
        <Photo
          image={variant.image}
          seed={variant.sku}
          alt={fullName}
          sizes="(min-width: 60rem) 36rem, 100vw"
          side={640}
          eager
        />
        <div class="product-words">
          <PageHeading title={name} />
          <p class="product-price">{money(variant.price)}</p>
          <p class="product-description">{localise(product, 'description')}</p>
          <OptionPicker product={product} chosen={variant} stock={stock} onChoose={choose} />
          <Buy key={variant.sku} sku={variant.sku} name={fullName} available={available} />
          <ul class="promises">
            <li>
              <TruckIcon /> {texts.payOnDelivery}
            </li>
            <li>
              <CheckIcon /> {texts.noAccount}
            </li>
          </ul>
        </div>
      </article>
      <Related product={product} categoryName={categoryName} />
    </div>
  );
}

function Buy({ sku, name, available }: { sku: string; name: string; available: number | undefined }) {
  const { texts } = useShop();
  const { cart } = useCart();
  const [quantity, setQuantity] = useState(1);
  const [state, setState] = useState<'idle' | 'adding' | 'added'>('idle');
  const [problem, setProblem] = useState<ShopProblem>();
  const inCart = cart?.lines.find((it) => it.sku === sku)?.quantity ?? 0;
  const left = Math.max((available ?? 1) - inCart, 0);

  const add = async () => {
    setState('adding');
    setProblem(undefined);
    try {
      await visitorsCart.add(sku, quantity);
      setState('added');
      setQuantity(1);
      announce(texts.addedToCart(name));
    } catch (error) {
      setState('idle');
      setProblem(error instanceof ShopProblem ? error : new ShopProblem('unavailable'));
    }
  };

  if (available === 0) return <p class="stock none">{texts.soldOut}</p>;
  return (
    <>
      {available !== undefined && (
        <p class={available <= FEW ? 'stock few' : 'stock'}>{stockWords(texts, available)}</p>
      )}
      <div class="buy-area">
        <div class="buy">
          <Quantity
            id="quantity"
            label={texts.quantity}
            value={quantity}
            max={Math.max(available === undefined ? 1 : left, 1)}
            onChange={setQuantity}
          />
          <button
            type="button"
            class="button large grow"
            disabled={state === 'adding' || (available !== undefined && left === 0)}
            onClick={add}
          >
            {state === 'adding' ? texts.adding : texts.addToCart}
          </button>
        </div>
        {problem && (
          <Notice kind="bad">
            {problem.document.shortfalls?.[0]
              ? texts.lineShort(problem.document.shortfalls[0].available)
              : problemWords(texts, problem)}
          </Notice>
        )}
        {state === 'added' && (
          <Notice kind="good">
            {texts.addedToCart(name)} <a href="/cart">{texts.viewCart}</a>
          </Notice>
        )}
      </div>
    </>
  );
}

function stockWords(texts: Texts, available: number): string {
  if (available === 0) return texts.soldOut;
  return available <= FEW ? texts.onlyLeft(available) : texts.inStock;
}

function Related({ product, categoryName }: { product: Product; categoryName: string }) {
  const { texts } = useShop();
  const products = useProducts({ category: product.category, limit: RELATED + 1 });
  if (products.state !== 'ready') return null;
  const others = products.data.items.filter((it) => it.id !== product.id).slice(0, RELATED);
  if (others.length === 0) return null;
  return (
    <section class="shelf-section" aria-labelledby="related">
      <div class="section-heading">
        <h2 id="related">{texts.moreFrom(categoryName)}</h2>
        <a href={pathOf.products({ category: product.category })} aria-label={texts.seeAllOf(categoryName)}>
          {texts.seeAll}
        </a>
      </div>
      <ProductGrid products={others} shelf />
    </section>
  );
}
