import { useEffect, useState } from 'preact/hooks';
import { useShop } from '../shop';
import { MinusIcon, PlusIcon } from './icons';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
}

/** A whole number from 1 to `max`, by buttons or by typing. */
export function Quantity({ id, label, value, max, disabled, onChange }: Props) {
  const { texts } = useShop();
  const [typed, setTyped] = useState(String(value));
  useEffect(() => setTyped(String(value)), [value]);
  const choose = (next: number) => {
    const allowed = Math.min(Math.max(Math.trunc(next) || 1, 1), Math.max(max, 1));
    setTyped(String(allowed));
    if (allowed !== value) onChange(allowed);
  };
  return (
    <div class="quantity">
      <button
        type="button"
        aria-label={texts.oneLess}
        disabled={disabled || value <= 1}
        onClick={() => choose(value - 1)}
      >
        <MinusIcon />
      </button>
      <input
        id={id}
        aria-label={label}
        type="text"
        inputMode="numeric"
        autocomplete="off"
        value={typed}
        disabled={disabled}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => choose(Number(typed))}
        onKeyDown={(event) => {
          if (event.key === 'Enter') choose(Number(typed));
          if (event.key === 'ArrowUp') choose(value + 1);
          if (event.key === 'ArrowDown') choose(value - 1);
        }}
      />
      <button
        type="button"
        aria-label={texts.oneMore}
        disabled={disabled || value >= max}
        onClick={() => choose(value + 1)}
      >
        <PlusIcon />
      </button>
    </div>
  );
}
