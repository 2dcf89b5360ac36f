export type { OrderLimits } from './order-limits';
export { OrderProcessing, type OrderProcessingProps } from './order-processing';
export { OrderingStore, type OrderingStoreProps } from './ordering-store';
export { ShoppingCart, type ShoppingCartProps } from './shopping-cart';
