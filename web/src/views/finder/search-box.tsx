// The search line of a long list, with completion: a combobox as ARIA describes it.
import { type RefObject, useState } from "react";
import { useWords } from "../../fleet/words";
import { completionsFor, type KnownValues } from "./completion";
import styles from "./search-box.module.css";
import { toggleToken } from "./terms";

interface BoxProps {
  line: string;
  onLine: (line: string) => void;
  known: KnownValues;
  /** "cpu>": what stands before a number. */
  measures: readonly string[];
  /** Tokens that one click sets and takes away. */
  chips: readonly string[];
  label: string;
  placeholder: string;
  input: RefObject<HTMLInputElement | null>;
}

export function SearchBox({ line, onLine, known, measures, chips, label, placeholder, input }: BoxProps) {
  const t = useWords();
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const options = isOpen ? completionsFor(line, known, measures) : [];
  const current = options[chosen];

  const change = (next: string) => {
    onLine(next);
    setOpen(true);
    setChosen(-1);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") {
      if (options.length > 0) setOpen(false);
      else input.current?.blur();
    } else if (event.key === "ArrowDown" && options.length > 0) {
      event.preventDefault();
      setChosen((chosen + 1) % options.length);
    } else if (event.key === "ArrowUp" && options.length > 0) {
      event.preventDefault();
      setChosen((chosen + options.length - 1) % options.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && current) {
      event.preventDefault();
      change(current.line);
    } else if (event.key === "Enter") {
      input.current?.blur();
    }
  };
  return (
    <div className={styles.search}>
      <div className={styles.box}>
        <input
          ref={input}
          className={styles.input}
          role="combobox"
          aria-label={label}
          aria-expanded={options.length > 0}
          aria-controls="finder-suggestions"
          aria-activedescendant={current ? `suggestion-${chosen}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={line}
          onChange={(event) => change(event.target.value)}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        <span className={styles.key} aria-hidden="true">
          /
        </span>
        <div
          id="finder-suggestions"
          role="listbox"
          aria-label={t("guests.suggestions")}
          className={styles.options}
          hidden={options.length === 0}
        >
          {options.map((option, i) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus, as a combobox does
            // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys
            <div
              key={option.token}
              id={`suggestion-${i}`}
              role="option"
              aria-selected={i === chosen}
              className={`${styles.option} ${i === chosen ? styles.chosen : ""}`}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => change(option.line)}
            >
              {option.token}
            </div>
          ))}
        </div>
      </div>
      {chips.map((chip) => (
        <button
          key={chip}
          type="button"
          className={styles.chip}
          aria-pressed={line.toLowerCase().split(/\s+/).includes(chip)}
          onClick={() => onLine(toggleToken(line, chip))}
        >
          {chip}
        </button>
      ))}
    </div>
  );
}
