import { render, screen } from "@testing-library/react";
import { createInstance } from "i18next";
import { I18nextProvider, initReactI18next } from "react-i18next";
import { afterEach, expect, it } from "vitest";
import answer from "../../../contract/examples/getDoctor.json";
import type { DoctorCheck } from "../fleet/nouns";
import en from "../i18n/en/fleet.json";
import fi from "../i18n/fi/fleet.json";
import nb from "../i18n/nb/fleet.json";
import { DoctorTable } from "./doctor-table";

async function show(checks: readonly DoctorCheck[], language: "en" | "fi" | "nb") {
  const i18n = createInstance();
  await i18n.use(initReactI18next).init({
    lng: language,
    ns: ["fleet"],
    defaultNS: "fleet",
    resources: { en: { fleet: en }, fi: { fleet: fi }, nb: { fleet: nb } },
    interpolation: { escapeValue: false },
  });
  return render(
    <I18nextProvider i18n={i18n}>
      <DoctorTable checks={checks} />
    </I18nextProvider>,
  );
}

const checks = answer.checks as unknown as readonly DoctorCheck[];
const members = checks.filter((check) => check.code === "members_without_endpoint");
afterEach(() => document.body.replaceChildren());

it("says what was found in the reader's language, with its plurals, and what is lost by it", async () => {
  const { container } = await show(members, "nb");
  expect(screen.getByText("Andre medlemmer")).toBeTruthy();
  expect(screen.getByText(/^3 medlemmer, 1 adresse: med én adresse til/)).toBeTruthy();
  expect(screen.getByText("Mangler på grunn av dette: reserve når en node faller ut")).toBeTruthy();
  expect(container.textContent).not.toMatch(/endpoint|fail-over|Other members/);
});

it("counts as Finnish counts", async () => {
  const one = members.map((check) => ({ ...check, params: { members: 1, endpoints: 2 } }));
  await show(one, "fi");
  expect(screen.getByText(/^1 jäsen, 2 osoitetta:/)).toBeTruthy();
});

it("shows a call by its path, and bytes as people read them", async () => {
  await show(
    checks.filter((check) => check.id === "Q8"),
    "en",
  );
  expect(screen.getByText("/cluster/resources")).toBeTruthy();
  expect(screen.getByText(/^31 rows, 9\.6 KiB$/)).toBeTruthy();
});

it("says what a newer server found as it came", async () => {
  const check = { ...members[0], id: "Q99", title: "Moon phase", code: "moon", params: { days: 3 }, detail: "it is full" };
  await show([{ ...check, feature_lost: ["tides"], feature_codes: ["tides"] } as unknown as DoctorCheck], "nb");
  expect(screen.getByText("Moon phase")).toBeTruthy();
  expect(screen.getByText("it is full")).toBeTruthy();
  expect(screen.getByText("Mangler på grunn av dette: tides")).toBeTruthy();
});
