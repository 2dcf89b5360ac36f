import { useId } from 'preact/hooks';
import type { Product, Variant } from '../api/client';
import { useShop } from '../shop';
import { type Answer, type Question, questionsOf } from '../variants';

interface Props {
  readonly product: Product;
  readonly chosen: Variant;
  /** By SKU; null or absent while it is not known. */
  readonly stock: ReadonlyMap<string, number | null>;
  readonly onChoose: (variant: Variant) => void;
}

/** The options of a product with several variants, one group of radio buttons each. */
export function OptionPicker({ product, chosen, stock, onChoose }: Props) {
  const { optionsOf } = useShop();
  const { variants } = product;
  if (variants.length === 1) return null;
  return (
    <div class="options">
      {questionsOf(variants, chosen, ({ sku }) => stock.get(sku) === 0).map((question) => (
        <fieldset key={question.name}>
          <legend>{optionsOf(chosen)[question.place].name}</legend>
          <div class="answers">
            {question.answers.map((answer) => (
              <AnswerChoice key={answer.value} question={question} answer={answer} onChoose={onChoose} />
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  );
}

interface ChoiceProps {
  readonly question: Question;
  readonly answer: Answer;
  readonly onChoose: (variant: Variant) => void;
}

function AnswerChoice({ question, answer, onChoose }: ChoiceProps) {
  const { texts, optionsOf } = useShop();
  const notes = [!answer.fits && texts.notWithTheOthers, answer.soldOut && texts.soldOut].filter(Boolean);
  const id = useId();
  return (
    <>
      <label class={['answer', !answer.fits && 'apart', answer.soldOut && 'none'].filter(Boolean).join(' ')}>
        <input
          type="radio"
          name={`option-${question.place}`}
          value={answer.value}
          checked={answer.chosen}
          aria-describedby={notes.length > 0 ? id : undefined}
          onChange={() => onChoose(answer.variant)}
        />
        {optionsOf(answer.variant)[question.place].value}
      </label>
      {notes.length > 0 && (
        <span id={id} class="visually-hidden">
          {notes.join(texts.comma)}
        </span>
      )}
    </>
  );
}
