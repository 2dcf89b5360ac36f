import type { CartLine, OrderLine } from '../api/client';
import { useShop } from '../shop';
import { Photo } from './photo';

/** What is being ordered, or was. */
export function Lines({ lines }: { lines: readonly (CartLine | OrderLine)[] }) {
  const { money, localise, optionWords } = useShop();
  return (
    <ul class="short-lines">
      {lines.map((line) => (
        <li key={line.sku}>
          <Photo image={line.image} seed={line.sku} alt="" sizes="3.5rem" side={56} />
          <span>
            {localise(line, 'name')} <span class="muted times">×&nbsp;{line.quantity}</span>
            {line.options.length > 0 && <span class="muted hint line-options">{optionWords(line)}</span>}
          </span>
          <span class="amount">{line.total && money(line.total)}</span>
        </li>
      ))}
    </ul>
  );
}
