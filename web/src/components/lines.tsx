import type { CartLine, OrderLine } from '../api/client';
import { pathOf } from '../paths';
import { useShop } from '../shop';
import { Photo } from './photo';

/**
 * What is being ordered, or was.
 *
 * @param linked whether each line leads to its product
 */
export function Lines({ lines, linked }: { lines: readonly (CartLine | OrderLine)[]; linked?: boolean }) {
  const { money, localise, optionWords } = useShop();
  return (
    <ul class="short-lines">
      {lines.map((line) => (
        <li key={line.sku}>
          <Photo image={line.image} seed={line.sku} alt="" sizes="3.5rem" side={56} />
          <span>
            {linked ? <LinkToProduct line={line} /> : localise(line, 'name')}{' '}
            <span class="muted times">×&nbsp;{line.quantity}</span>
            {line.options.length > 0 && <span class="muted hint line-options">{optionWords(line)}</span>}
          </span>
          <span class="amount">{line.total && money(line.total)}</span>
        </li>
      ))}
    </ul>
  );
}

function LinkToProduct({ line }: { line: CartLine | OrderLine }) {
  const { localise } = useShop();
  const name = localise(line, 'name');
  if (line.productId === null) return <>{name}</>;
  return <a href={pathOf.product(line.productId, line.options.length > 0 ? line.sku : undefined)}>{name}</a>;
}
