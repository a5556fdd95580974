// What is asked of a list stands in the page's address, so that it can be sent to somebody and survives a reload.
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import { type SortingBy, sortingText } from "./sorting";

export interface Address {
  params: URLSearchParams;
  /** Takes the place of what stood there; an empty value takes the name out. */
  put: (name: string, value: string | null) => void;
}

export function useAddress(): Address {
  const [params, setParams] = useSearchParams();
  const put = useCallback(
    (name: string, value: string | null) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (value) after.set(name, value);
          else after.delete(name);
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
  return { params, put };
}

/** The search line and the sorting of a list; `first` is not written down. */
export function useAskedList<Key extends string>(parse: (text: string | null) => SortingBy<Key>, first: SortingBy<Key>) {
  const { params, put } = useAddress();
  const sortText = params.get("sort");
  return {
    params,
    put,
    line: params.get("q") ?? "",
    sorting: useMemo(() => parse(sortText), [parse, sortText]),
    setLine: useCallback((next: string) => put("q", next), [put]),
    setSorting: useCallback(
      (next: SortingBy<Key>) => put("sort", sortingText(next) === sortingText(first) ? null : sortingText(next)),
      [first, put],
    ),
  };
}
