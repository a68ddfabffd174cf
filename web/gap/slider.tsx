import type { ModelInput } from '../engine/models.js';
import { capital } from '../words.js';

/** Places of a slider. */
const STEPS = 200;

/** A number by slider and by hand. */
export function Slider({
  id,
  input,
  text,
  change,
}: {
  id: string;
  input: Pick<ModelInput, 'label' | 'unit' | 'min' | 'max' | 'default' | 'isWhole'>;
  text: string | undefined;
  change: (text: string | undefined) => void;
}) {
  const scale = scaleOf(input);
  const value = text ?? input.default;
  const unit = input.unit === '' || input.unit === 'count' ? '' : ` (${input.unit})`;
  return (
    <div class="slider">
      <label for={id}>
        {capital(input.label)}
        <span class="quiet">{unit}</span>
      </label>
      <input
        type="range"
        aria-label={`${capital(input.label)}, slider`}
        min={0}
        max={STEPS}
        step={1}
        value={scale.placeOf(Number(value))}
        aria-valuetext={value}
        onInput={({ currentTarget }) => change(scale.textAt(Number(currentTarget.value)))}
      />
      <input
        id={id}
        class="value"
        value={value}
        inputMode="decimal"
        autocomplete="off"
        onInput={({ currentTarget }) =>
          change(currentTarget.value === input.default ? undefined : currentTarget.value)
        }
      />
    </div>
  );
}

/** Between the ends where those are near; else around the default, by a power where it is above 0. */
function scaleOf({ min, max, default: text, isWhole }: Range) {
  const usual = Number(text);
  const isBounded = max - min <= 100 || (min > 0 && max / min <= 100);
  const byPower = min >= 0 && usual > 0 && (!isBounded || (min > 0 && max / min > 20));
  const reach = 10 * Math.max(Math.abs(usual), 1);
  const [low, high] = isBounded
    ? [min, max]
    : byPower
      ? [Math.max(min, usual / 1000), Math.min(max, usual * 1000)]
      : [Math.max(min, usual - reach), Math.min(max, usual + reach)];
  const at = (share: number) => (byPower ? low * (high / low) ** share : low + share * (high - low));
  return {
    placeOf(value: number): number {
      const inside = Math.min(Math.max(value, low), high);
      const share = byPower ? Math.log(inside / low) / Math.log(high / low) : (inside - low) / (high - low);
      return Number.isFinite(share) ? Math.round(share * STEPS) : 0;
    },
    textAt(place: number): string {
      const value = at(place / STEPS);
      return isWhole ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
    },
  };
}

type Range = Pick<ModelInput, 'min' | 'max' | 'default' | 'isWhole'>;
