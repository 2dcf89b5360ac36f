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
      {questionsOf(variants, chosen).map((question) => (
        <fieldset key={question.name}>
          <legend>{optionsOf(chosen)[question.place].name}</legend>
          <div class="answers">
            {question.answers.map((answer) => (
              <AnswerChoice
                key={answer.value}
                question={question}
                answer={answer}
                soldOut={stock.get(answer.variant.sku) === 0}
                onChoose={onChoose}
              />
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
  readonly soldOut: boolean;
  readonly onChoose: (variant: Variant) => void;
}

function AnswerChoice({ question, answer, soldOut, onChoose }: ChoiceProps) {
  const { texts, optionsOf } = useShop();
  const notes = [!answer.fits && texts.notWithTheOthers, soldOut && texts.soldOut].filter(Boolean);
  return (
    <label class={['answer', !answer.fits && 'apart', soldOut && 'none'].filter(Boolean).join(' ')}>
      <input
        type="radio"
        name={`option-${question.place}`}
        value={answer.value}
        checked={answer.chosen}
        onChange={() => onChoose(answer.variant)}
      />
      {optionsOf(answer.variant)[question.place].value}
      {notes.length > 0 && <span class="visually-hidden">{texts.comma + notes.join(texts.comma)}</span>}
    </label>
  );
}
