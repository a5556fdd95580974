// The words of silences, maintenance and rules. They come with the first of these pages.
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Words } from "../../../fleet/words";

export function useQuietWords(): Words {
  const { t } = useTranslation("quiet");
  const say = t as unknown as Words;
  return useCallback((key, values) => say(key, values), [say]);
}
