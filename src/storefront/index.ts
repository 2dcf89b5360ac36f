export { type StoreContact, Storefront, type StorefrontProps } from './storefront';
