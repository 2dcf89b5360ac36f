export { ProductCatalog, type ProductCatalogProps } from './product-catalog';
