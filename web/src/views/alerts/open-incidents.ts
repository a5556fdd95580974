// What is wrong now, for whoever wants to know: the tab's title, the rail, the ear.
import { queryOptions } from "@tanstack/react-query";
import { client } from "../../api/client";
import { answer } from "../../api/problem";

export const openIncidents = queryOptions({
  queryKey: ["incidents", "now"],
  queryFn: () => answer(client.GET("/api/incidents", { params: { query: { state: ["open", "acknowledged"], limit: 100, count: true } } })),
});
