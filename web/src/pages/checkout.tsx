import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Cart } from '../api/client';
import { useCart, cart as visitorsCart } from '../cart/cart';
import { order } from '../checkout/checkout';
import { countries, likelyCountry } from '../checkout/countries';
import { EMAIL, type Faults, type FieldName, faultsFrom, faultsOf, PHONE, requestOf } from '../checkout/form';
import { useLeadToOrder } from '../checkout/lead-to-order';
import type { Outcome } from '../checkout/place-order';
import { Lines } from '../components/lines';
import { PageHeading } from '../components/page-heading';
import { Failed, Loading, Notice } from '../components/status';
import { problemWords } from '../i18n/problem-words';
import { pathOf } from '../paths';
import { remember, useResource } from '../resource';
import { navigate } from '../router';
import { useShop } from '../shop';

export function CheckoutPage() {
  const { cart, loaded } = useCart();
  const fresh = useResource('cart', () => visitorsCart.refresh());
  const leading = useLeadToOrder();
  const empty = loaded && !leading && !cart?.lines.length;
  useEffect(() => {
    if (empty) navigate('/cart', { replace: true });
  }, [empty]);
  if (fresh.state === 'failed' && !loaded) return <Failed {...fresh} />;
  if (!cart || empty) return <Loading />;
  return <Checkout cart={cart} />;
}

/** What was typed, kept when the customer has to go back to the cart. */
const typed = new Map<FieldName, string>();

function Checkout({ cart }: { cart: Cart }) {
  const shop = useShop();
  const { texts, money, language } = shop;
  const [faults, setFaults] = useState<Faults>({});
  const [placing, setPlacing] = useState(false);
  const [problem, setProblem] = useState<{ title?: string; words: string }>();
  const messages = useRef<HTMLDivElement>(null);
  const faulty = Object.keys(faults).length;
  useEffect(() => {
    if (problem || faulty > 0) messages.current?.focus();
  }, [problem, faulty]);

  const submit = async (form: HTMLFormElement) => {
    const found = faultsOf(form, texts);
    setFaults(found);
    setProblem(undefined);
    if (Object.keys(found).length > 0) {
      messages.current?.focus();
      return;
    }
    setPlacing(true);
    await tell(await order(cart.id, requestOf(form, language, cart.total)));
    setPlacing(false);
  };

  const tell = async (outcome: Outcome) => {
    switch (outcome.kind) {
      case 'placed':
        remember(`order ${outcome.order.id}`, outcome.order);
        return leaveFor(outcome.order.id, 'placed');
      case 'ordered-before':
        return leaveFor(outcome.orderId, 'ordered-before');
      case 'unanswered':
        return setProblem({ title: texts.unansweredTitle, words: texts.unansweredHint });
    }
    await visitorsCart.refresh().catch(() => undefined);
    switch (outcome.kind) {
      case 'out-of-stock':
        return navigate('/cart', { replace: true, note: texts.stockChanged });
      case 'price-changed':
        return setProblem({ words: texts.priceChanged(money(outcome.total)) });
      case 'refused':
        setFaults(faultsFrom(outcome.problem, texts));
        return setProblem({ words: problemWords(texts, outcome.problem) });
    }
  };

  const leaveFor = (orderId: string, note: string) => {
    typed.clear();
    // The order's page first: an empty cart would send this page away.
    navigate(pathOf.order(orderId), { replace: true, note });
    visitorsCart.orderPlaced(cart.id, orderId);
  };

  return (
    <div class="page checkout-page">
      <nav class="breadcrumb" aria-label={texts.breadcrumb}>
        <a href="/cart">{texts.backToCart}</a>
      </nav>
      <PageHeading title={texts.checkout} />
      <form
        class="split"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!placing) submit(event.currentTarget);
        }}
        onInput={(event) => {
          const field = event.target as HTMLInputElement;
          typed.set(field.name as FieldName, field.value);
        }}
      >
        <div class="fields">
          <div ref={messages} tabIndex={-1} class="messages">
            {faulty > 0 && <Notice kind="bad">{texts.formFaults(faulty)}</Notice>}
            {problem && faulty === 0 && (
              <Notice kind="bad" title={problem.title}>
                {problem.words}
              </Notice>
            )}
          </div>
          <Fields faults={faults} />
        </div>
        <section class="summary sticky" aria-label={texts.yourOrder}>
          <h2>{texts.yourOrder}</h2>
          <Lines lines={cart.lines} />
          <p class="summary-total">
            <span>{texts.total}</span> <strong>{money(cart.total)}</strong>
          </p>
          <button type="submit" class="button large" aria-disabled={placing}>
            {placing ? texts.placingOrder : texts.placeOrder(money(cart.total))}
          </button>
          <p class="muted hint">{texts.totalHint}</p>
        </section>
      </form>
    </div>
  );
}

function Fields({ faults }: { faults: Faults }) {
  const { texts, language } = useShop();
  const field = (name: FieldName) => ({ name, fault: faults[name] });
  return (
    <>
      <fieldset>
        <legend>{texts.contact}</legend>
        <Field {...field('contact/name')} label={texts.fullName} autocomplete="name" maxLength={100} required />
        <div class="pair">
          <Field
            {...field('contact/email')}
            label={texts.email}
            hint={texts.emailHint}
            type="email"
            autocomplete="email"
            maxLength={254}
            pattern={EMAIL}
            required
          />
          <Field {...field('contact/phone')} label={texts.phone} type="tel" autocomplete="tel" pattern={PHONE} />
        </div>
      </fieldset>
      <fieldset>
        <legend>{texts.deliveryAddress}</legend>
        <Field {...field('address/line1')} label={texts.line1} autocomplete="address-line1" maxLength={200} required />
        <Field {...field('address/line2')} label={texts.line2} autocomplete="address-line2" maxLength={200} />
        <div class="pair">
          <Field {...field('address/postalCode')} label={texts.postalCode} autocomplete="postal-code" maxLength={20} />
          <Field {...field('address/city')} label={texts.city} autocomplete="address-level2" maxLength={100} required />
        </div>
        <div class="pair">
          <Field {...field('address/region')} label={texts.region} autocomplete="address-level1" maxLength={100} />
          <CountryField {...field('address/country')} language={language} />
        </div>
      </fieldset>
      <fieldset>
        <legend>{texts.payment}</legend>
        <label class="choice">
          <input type="radio" name="payment" value="cash_on_delivery" checked />
          <span>
            <strong>{texts.cashOnDelivery}</strong>
            <span class="muted">{texts.cashOnDeliveryHint}</span>
          </span>
        </label>
      </fieldset>
    </>
  );
}

interface FieldProps {
  readonly name: FieldName;
  readonly label: string;
  readonly fault: string | undefined;
  readonly hint?: string;
  readonly type?: 'text' | 'email' | 'tel';
  readonly autocomplete: string;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly required?: boolean;
}

function Field({ label, fault, hint, type = 'text', ...attributes }: FieldProps) {
  const { texts } = useShop();
  const { name, required } = attributes;
  const notes = [fault && `${name}-fault`, hint && `${name}-hint`].filter(Boolean).join(' ');
  return (
    <p class="field">
      <label for={name}>
        {label} {!required && <span class="muted">{texts.optional}</span>}
      </label>
      <input
        id={name}
        // One member of the union of input types, of which TypeScript cannot choose.
        type={type as 'text'}
        defaultValue={typed.get(name) ?? ''}
        aria-invalid={fault ? true : undefined}
        aria-describedby={notes || undefined}
        {...attributes}
      />
      <Fault name={name} fault={fault} />
      {hint && (
        <span class="muted hint" id={`${name}-hint`}>
          {hint}
        </span>
      )}
    </p>
  );
}

function CountryField({ name, fault, language }: { name: FieldName; fault: string | undefined; language: string }) {
  const { texts } = useShop();
  const options = useMemo(() => countries(language), [language]);
  const [chosen, choose] = useState(() => typed.get(name) ?? likelyCountry() ?? '');
  return (
    <p class="field">
      <label for={name}>{texts.country}</label>
      <select
        id={name}
        name={name}
        autocomplete="country"
        required
        value={chosen}
        aria-invalid={fault ? true : undefined}
        aria-describedby={fault ? `${name}-fault` : undefined}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">{texts.chooseCountry}</option>
        {options.map(({ code, name: words }) => (
          <option key={code} value={code}>
            {words}
          </option>
        ))}
      </select>
      <Fault name={name} fault={fault} />
    </p>
  );
}

function Fault({ name, fault }: { name: FieldName; fault: string | undefined }) {
  if (!fault) return null;
  return (
    <span class="fault" id={`${name}-fault`}>
      {fault}
    </span>
  );
}
