// The words of the frame. The keys are those of en/frame.json: a misspelt one does not compile.
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type frame from "./en/frame.json";

type Paths<T, Before extends string = ""> = {
  [K in keyof T & string]: T[K] extends string ? `${Before}${K}` : Paths<T[K], `${Before}${K}.`>;
}[keyof T & string];

export type FrameKey = Paths<typeof frame>;
export type FrameWords = (key: FrameKey, values?: Record<string, string | number>) => string;

export function useFrameWords(): FrameWords {
  const { t } = useTranslation("frame");
  const say = t as unknown as FrameWords;
  return useCallback((key, values) => say(key, values), [say]);
}
