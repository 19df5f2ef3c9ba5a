// The report's files for other programs, read by those programs' own libraries: the Mermaid chart of report.md is drawn,
// calendar.ics is read by a calendar's parser.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import ICAL from "ical.js";
import { chromium } from "playwright-core";

import { NAUGHTY, hostile } from "./inventory.mjs";

const MERMAID = createRequire(import.meta.url).resolve("mermaid/dist/mermaid.min.js");

let browser;
let folder;

// Writes a report and gives its folder.
function report(name, files) {
  const into = join(folder, name);
  const args = ["report", "--output", into];
  if (files) {
    const [plan, inventory] = [join(folder, `${name}.toml`), join(folder, `${name}.csv`)];
    writeFileSync(plan, files.plan);
    writeFileSync(inventory, files.inventory);
    args.push("--plan", plan, "--inventory", inventory);
  } else {
    args.push("--sample");
  }
  execFileSync(process.env.CUTOVER, args, { stdio: ["ignore", "pipe", "pipe"] });
  return into;
}

// Draws the chart of a report.md and gives the texts in the drawing.
async function drawn(into) {
  const page = await browser.newPage();
  const noise = [];
  page.on("pageerror", (error) => noise.push(error.message));
  page.on("dialog", (dialog) => { noise.push(dialog.message()); dialog.dismiss(); });
  page.on("request", (request) => noise.push(request.url()));
  await page.addScriptTag({ path: MERMAID });
  const chart = readFileSync(join(into, "report.md"), "utf8").match(/```mermaid\n([^]*?)```/)[1];
  const texts = await page.evaluate(async (chart) => {
    mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });
    const { svg } = await mermaid.render("chart", chart);
    document.body.innerHTML = svg;
    return [...document.querySelectorAll("svg text")].map((text) => text.textContent.trim());
  }, chart);
  assert.deepEqual(noise, []);
  assert.equal(await page.evaluate(() => globalThis.owned), undefined);
  assert.equal(await page.locator("svg script, svg image, svg a, svg foreignObject").count(), 0);
  await page.close();
  return texts;
}

function calendar(into) {
  const component = new ICAL.Component(ICAL.parse(readFileSync(join(into, "calendar.ics"), "utf8")));
  return component.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event));
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "cutover-files-"));
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the sample's report", () => {
  let into;
  let json;

  before(() => {
    into = report("sample");
    json = JSON.parse(readFileSync(join(into, "report.json"), "utf8"));
  });

  test("Mermaid draws every stage, every outside date and every phase", async () => {
    const texts = await drawn(into);
    json.events.forEach((event, number) => {
      if (event.kind !== "baseline") assert.ok(texts.includes(`${number}. ${event.title}`), event.title);
    });
    for (const phase of json.phases.filter(({ number }) => number > 0)) {
      assert.ok(texts.includes(`${phase.number}. ${phase.name}`), phase.name);
    }
  });

  test("a calendar has every event but the baseline, as a whole day", () => {
    const events = calendar(into);
    const wanted = json.events.filter(({ kind }) => kind !== "baseline");
    assert.deepEqual(events.map(({ summary }) => summary), wanted.map(({ title }) => title));
    assert.deepEqual(events.map(({ startDate }) => startDate.toString()), wanted.map(({ date }) => date));
    for (const event of events) {
      assert.ok(event.startDate.isDate);
      assert.equal(event.duration.toSeconds(), 86400);
    }
  });
});

describe("a report full of hostile text", () => {
  test("is a chart and a calendar with these texts and nothing else", async () => {
    const into = report("hostile", hostile());
    const texts = await drawn(into);
    assert.ok(texts.includes(`1. ${NAUGHTY[6]}`), texts.join("\n"));
    const json = JSON.parse(readFileSync(join(into, "report.json"), "utf8"));
    const events = calendar(into);
    assert.equal(events.length, json.events.length - 1);
    assert.ok(events.some(({ summary }) => summary === NAUGHTY[4]));
  });
});
