import { useEffect } from 'preact/hooks';
import { openCart } from './checkout/checkout';
import { Layout } from './components/layout';
import { CartPage } from './pages/cart';
import { CheckoutPage } from './pages/checkout';
import { HomePage } from './pages/home';
import { NotFoundPage } from './pages/not-found';
import { OrderPage } from './pages/order';
import { ProductPage } from './pages/product';
import { ProductsPage } from './pages/products';
import { type Route, useRoute } from './router';

export function App() {
  const route = useRoute();
  useEffect(() => {
    openCart().catch(() => undefined);
  }, []);
  return <Layout>{pageOf(route)}</Layout>;
}

function pageOf({ path, query }: Route) {
  const [area = '', id, ...rest] = path.slice(1).replace(/\/$/, '').split('/').map(decode);
  if (rest.length > 0) return <NotFoundPage />;
  switch (`${area}/${id === undefined ? '' : ':id'}`) {
    case '/':
      return <HomePage />;
    case 'products/':
      return <ProductsPage query={query} />;
    case 'products/:id':
      return <ProductPage key={id} id={id} sku={query.get('sku')} />;
    case 'cart/':
      return <CartPage />;
    case 'checkout/':
      return <CheckoutPage />;
    case 'orders/:id':
      return <OrderPage key={id} id={id} />;
    default:
      return <NotFoundPage />;
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
