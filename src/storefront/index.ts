export { type ShopContact, Storefront, type StorefrontProps } from './storefront';
