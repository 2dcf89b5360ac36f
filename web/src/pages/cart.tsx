import { useState } from 'preact/hooks';
import { announce } from '../announce';
import { type Cart, type CartLine, ShopProblem } from '../api/client';
import { useCart, cart as visitorsCart } from '../cart/cart';
import { useLeadToOrder } from '../checkout/lead-to-order';
import { CloseIcon } from '../components/icons';
import { PageHeading } from '../components/page-heading';
import { Photo } from '../components/photo';
import { Quantity } from '../components/quantity';
import { Failed, Loading, Notice } from '../components/status';
import { problemWords } from '../i18n/problem-words';
import { pathOf } from '../paths';
import { useResource } from '../resource';
import { noteOfEntry } from '../router';
import { useShop } from '../shop';

export function CartPage() {
  const { texts } = useShop();
  const { cart, loaded } = useCart();
  // Prices and stock may have changed since the cart was last seen.
  const fresh = useResource('cart', () => visitorsCart.refresh());
  const leading = useLeadToOrder();
  if (fresh.state === 'failed' && !loaded) return <Failed {...fresh} />;
  if (!loaded || leading) return <Loading />;
  if (!cart || cart.lines.length === 0) {
    return (
      <div class="page narrow empty">
        <PageHeading title={texts.cartEmpty} />
        <p>{texts.cartEmptyHint}</p>
        <a class="button" href="/products">
          {texts.continueShopping}
        </a>
      </div>
    );
  }
  return <FilledCart cart={cart} />;
}

function FilledCart({ cart }: { cart: Cart }) {
  const { texts, money } = useShop();
  const blocked = cart.lines.some((it) => it.status !== 'ok' && it.status !== 'pending');
  const note = noteOfEntry();
  return (
    <div class="page cart-page">
      <div class="page-heading">
        <PageHeading title={texts.yourCart} />
        <p class="muted">{texts.items(cart.itemCount)}</p>
      </div>
      {note && blocked && <Notice kind="bad">{note}</Notice>}
      <div class="split">
        <ul class="lines">
          {cart.lines.map((line) => (
            <li key={line.sku}>
              <Line line={line} />
            </li>
          ))}
        </ul>
        <section class="summary sticky" aria-label={texts.total}>
          <p class="summary-total">
            <span>{texts.total}</span> <strong>{money(cart.total)}</strong>
          </p>
          <p class={blocked ? 'hint' : 'muted hint dispensable'}>{blocked ? texts.cannotCheckOut : texts.totalHint}</p>
          {blocked ? (
            <button type="button" class="button large" disabled>
              {texts.toCheckout}
            </button>
          ) : (
            <a class="button large" href="/checkout">
              {texts.toCheckout}
            </a>
          )}
          <a class="continue" href="/products">
            {texts.continueShopping}
          </a>
        </section>
      </div>
    </div>
  );
}

function Line({ line }: { line: CartLine }) {
  const shop = useShop();
  const { texts, money, localise } = shop;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const name = localise(line, 'name');
  const options = shop.optionWords(line);
  const fullName = shop.fullName(name, line);

  const change = async (quantity: number) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await visitorsCart.setQuantity(line.sku, quantity, line.quantity);
      if (quantity === 0) announce(texts.removed(fullName));
    } catch (error) {
      const problem = error instanceof ShopProblem ? error : new ShopProblem('unavailable');
      const short = problem.document.shortfalls?.[0];
      setProblem(short ? texts.lineShort(short.available) : problemWords(texts, problem));
      await visitorsCart.refresh().catch(() => undefined);
    } finally {
      setBusy(false);
    }
  };

  return (
    <article
      class={line.status === 'ok' || line.status === 'pending' ? 'line' : 'line blocked'}
      aria-label={fullName}
      aria-busy={busy}
    >
      <div class="line-photo">
        <Photo image={line.image} seed={line.sku} alt="" sizes="6rem" side={96} />
      </div>
      <div class="line-words">
        <h2>
          {line.productId === null ? name : <a href={pathOf.product(line.productId, options && line.sku)}>{name}</a>}
        </h2>
        {options && <p>{options}</p>}
        {line.unitPrice && (
          <p class="muted">
            {money(line.unitPrice)} {texts.each}
          </p>
        )}
        <Shortage line={line} busy={busy} change={change} />
        {problem && <Notice kind="bad">{problem}</Notice>}
      </div>
      <div class="line-tools">
        {line.status !== 'withdrawn' && line.available !== 0 && (
          <Quantity
            id={`quantity-${line.sku}`}
            label={texts.quantityOf(fullName)}
            value={line.quantity}
            max={Math.max(line.available ?? line.quantity, line.quantity)}
            disabled={busy}
            onChange={change}
          />
        )}
        <button
          type="button"
          class="link remove"
          aria-label={texts.removeProduct(fullName)}
          disabled={busy}
          onClick={() => change(0)}
        >
          <CloseIcon /> {texts.remove}
        </button>
      </div>
      <p class="line-total">{line.total ? money(line.total) : '–'}</p>
    </article>
  );
}

/** Why a line cannot be ordered, and the way out. */
function Shortage({ line, busy, change }: { line: CartLine; busy: boolean; change: (quantity: number) => void }) {
  const { texts } = useShop();
  const { status, available } = line;
  if (status === 'ok') return null;
  if (status === 'withdrawn') return <p class="shortage">{texts.withdrawn}</p>;
  if (status === 'pending' || available === null) return <p class="muted">{texts.linePending}</p>;
  if (available === 0) return <p class="shortage">{texts.lineSoldOut}</p>;
  return (
    <p class="shortage">
      {texts.lineShort(available)}{' '}
      <button type="button" class="link" disabled={busy} onClick={() => change(available)}>
        {texts.takeAvailable(available)}
      </button>
    </p>
  );
}
