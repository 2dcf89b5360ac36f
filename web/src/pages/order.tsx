import { useEffect } from 'preact/hooks';
import { api, ask, type Order } from '../api/client';
import { orderSeen } from '../checkout/checkout';
import { countryName } from '../checkout/countries';
import { CheckIcon, TruckIcon } from '../components/icons';
import { Lines } from '../components/lines';
import { PageHeading } from '../components/page-heading';
import { Failed, Loading, Notice } from '../components/status';
import { useResource } from '../resource';
import { noteOfEntry } from '../router';
import { useShop } from '../shop';
import { NotFoundPage } from './not-found';

export function OrderPage({ id }: { id: string }) {
  const { texts } = useShop();
  const order = useResource(`order ${id}`, () => ask(api.GET('/orders/{id}', { params: { path: { id } } })));
  if (order.state === 'loading') return <Loading />;
  if (order.state === 'failed') {
    if (order.problem.code === 'order_not_found') return <NotFoundPage why={texts.problems.order_not_found} />;
    return <Failed {...order} />;
  }
  return <Details order={order.data} />;
}

function Details({ order }: { order: Order }) {
  const { texts, money, dateTime, language } = useShop();
  const note = noteOfEntry();
  const { contact, address } = order;
  useEffect(() => orderSeen(order.id), [order.id]);
  return (
    <div class="page order-page">
      <div class="order-head">
        {note === 'placed' && (
          <span class="seal">
            <CheckIcon />
          </span>
        )}
        <PageHeading title={texts.order(order.number)}>
          {note === 'placed' ? texts.thanks : texts.order(order.number)}
        </PageHeading>
        {note === 'placed' && <p>{texts.confirmationTo(contact.email)}</p>}
        {note === 'ordered-before' && <Notice kind="good">{texts.alreadyOrdered}</Notice>}
      </div>
      <div class="split">
        <div>
          <section class="state" aria-label={texts.state}>
            <TruckIcon />
            <div>
              <strong>{texts.states[order.state]}</strong>
              <p class="muted">{texts.stateHints[order.state]}</p>
            </div>
          </section>
          <dl class="facts">
            <div>
              <dt>{texts.orderNumber}</dt>
              <dd class="number">{order.number}</dd>
            </div>
            <div>
              <dt>{texts.orderedOn}</dt>
              <dd>
                <time dateTime={order.placedAt}>{dateTime(order.placedAt)}</time>
              </dd>
            </div>
            <div>
              <dt>{texts.payment}</dt>
              <dd>{texts.paymentDue(money(order.total))}</dd>
            </div>
            <div>
              <dt>{texts.deliverTo}</dt>
              <dd>
                <address>
                  {[
                    contact.name,
                    address.line1,
                    address.line2,
                    [address.postalCode, address.city].filter(Boolean).join(' '),
                    address.region,
                    countryName(language, address.country),
                  ]
                    .filter(Boolean)
                    .map((line) => (
                      <span key={line}>{line}</span>
                    ))}
                </address>
              </dd>
            </div>
          </dl>
          <p class="muted">{texts.keepAddress}</p>
        </div>
        <section class="summary" aria-label={texts.yourOrder}>
          <h2>{texts.yourOrder}</h2>
          <Lines lines={order.lines} linked />
          <p class="summary-total">
            <span>{texts.total}</span> <strong>{money(order.total)}</strong>
          </p>
          <a class="button quiet" href="/products">
            {texts.continueShopping}
          </a>
        </section>
      </div>
    </div>
  );
}
