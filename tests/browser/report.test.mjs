// report.html in a real browser: it loads without a word, fetches nothing, runs nothing but its own script, says what
// report.json says, and can be used by keyboard, on a phone, on paper and without script.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import { Ajv2020 } from "ajv/dist/2020.js";
import { chromium } from "playwright-core";

import { NAUGHTY, hostile, large } from "./inventory.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SEARCHABLE = 5000;
const number = (text) => Number(text.replaceAll(",", ""));

let browser;
let folder;
const pictures = resolve("pictures");

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

// Opens a report and collects everything that a quiet page does not do.
async function open(into, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const page = await context.newPage();
  const noise = [];
  const url = pathToFileURL(join(into, "report.html")).href;
  page.on("console", (message) => noise.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => noise.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { noise.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => { if (request.url() !== url) noise.push(`request: ${request.url()}`); });
  await page.goto(url);
  return { page, noise, close: () => context.close() };
}

// Serious violations of accessibility rules, in words. Everything is opened; of long tables and lists a few rows are judged.
// Colors are the same at every width, and judging them takes longest.
async function violations(page, colors = true) {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    for (const body of document.querySelectorAll("tbody")) for (const row of [...body.rows].slice(4)) row.remove();
    for (const groups of document.querySelectorAll(".groups")) for (const group of [...groups.children].slice(2)) group.remove();
  });
  // The page's own policy forbids foreign script, so the checks run in a world of their own.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const run = (expression) => session.send("Runtime.evaluate", { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
  await run(`${AXE}; undefined`);
  const { result, exceptionDetails } = await run(`axe.run(document, { resultTypes: ["violations"], rules: { "color-contrast": { enabled: ${colors} } } }).then((found) =>
    found.violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) =>
      id + ": " + nodes.slice(0, 3).map(({ target, failureSummary }) => target.join(" ") + " " + failureSummary).join(" | ")))`);
  assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails));
  return result.value;
}

const cells = (page, selector) => page.$$eval(selector, (rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "cutover-browser-"));
  mkdirSync(pictures, { recursive: true });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the sample's report", () => {
  let into;
  let json;
  // For tests that only read.
  let still;

  before(async () => {
    into = report("sample");
    json = JSON.parse(readFileSync(join(into, "report.json"), "utf8"));
    still = await open(into);
  });

  test("report.json keeps to its schema", () => {
    const schema = JSON.parse(readFileSync(join(process.env.ROOT, "docs/report.schema.json"), "utf8"));
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
    assert.ok(validate(json), JSON.stringify(validate.errors, null, 1));
  });

  for (const [colorScheme, width] of [["light", 1400], ["dark", 1400], ["light", 390]]) {
    test(`is quiet, accessible and not wider than the screen: ${colorScheme}, ${width} pixels`, async () => {
      const { page, noise, close } = await open(into, { colorScheme, viewport: { width, height: 900 } });
      await page.screenshot({ path: join(pictures, `${colorScheme}-${width}.png`) });
      const sizes = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(sizes[0] <= sizes[1], `${sizes}`);
      assert.deepEqual(await violations(page, width === 1400), []);
      assert.deepEqual(noise, []);
      await close();
    });
  }

  test("the first screen holds the verdict and the numbers", async () => {
    const { page } = still;
    for (const selector of [".verdict", ".tiles", ".overview"]) {
      const box = await (await page.$(`#verdict ${selector}`)).boundingBox();
      assert.ok(box.y < 900, `${selector} begins at ${box.y}`);
    }
    const figures = await page.$$eval("#verdict .tile dd:first-of-type", (all) => all.map((figure) => figure.textContent));
    const { numbers } = json;
    assert.deepEqual(figures.map(number), [
      numbers.losing, numbers.affected_at_end, numbers.recovered, numbers.restricted,
      numbers.all_user_days, numbers.blocking_plan_findings,
    ]);
  });

  test("the sections stand in the order of the contents", async () => {
    const { page } = still;
    const links = await page.$$eval(".contents a", (all) => all.map((link) => link.hash.slice(1)));
    const sections = await page.$$eval("main > section", (all) => all.map((section) => section.id));
    assert.deepEqual(links, sections);
  });

  test("charts say what the tables say, and both what report.json says", async () => {
    const { page } = still;
    const heads = await page.$$eval("#series thead th", (all) => all.slice(2).map((head) => head.textContent));
    const rows = await page.$$eval("#series tbody tr", (all) => all.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
    const shown = Object.keys(json.events[0].state).filter((capability) => json.events.some((event) => event.state[capability].none > 0));
    assert.equal(heads.length, shown.length);
    const ids = await page.$$eval(".multiples svg", (all) => all.map((chart) => chart.getAttribute("aria-labelledby").split("-title")[0].replace("chart-", "")));
    assert.deepEqual(ids, shown);
    json.events.forEach((event, position) => {
      assert.equal(rows[position][0], event.date);
      assert.deepEqual(rows[position].slice(2).map(number), shown.map((capability) => event.state[capability].none));
    });
    const charts = await page.$$eval(".multiples svg", (all) => all.map((chart) => ({
      peak: chart.querySelector(".peak-label").textContent,
      last: chart.querySelector(".last-label").textContent,
      line: chart.querySelector(".line").getAttribute("d"),
    })));
    charts.forEach((chart, position) => {
      const figures = json.events.map((event) => event.state[shown[position]].none);
      const peak = Math.max(...figures);
      assert.equal(number(chart.peak.replace("peak ", "")), peak);
      assert.equal(number(chart.last.replace("end ", "")), figures.at(-1));
      // The heights of the drawn line are the figures in proportion.
      const heights = new Set(chart.line.match(/ [\d.]+/g).map((y) => Math.round((126 - Number(y)) / 96 * peak * 100) / 100));
      for (const figure of figures) assert.ok([...heights].some((height) => Math.abs(height - figure) <= peak * 0.002), `${figure} of ${[...heights]}`);
    });
  });

  test("the drawn timeline has every event and every interval of report.json, to scale", async () => {
    const { page } = still;
    const marks = await page.$$eval(".timeline .mark", (all) => all.map((mark) => ({
      number: Number(mark.querySelector("text").textContent),
      x: Number(mark.querySelector("text").getAttribute("x")),
    })));
    const events = json.events.filter((event) => event.kind !== "baseline");
    assert.equal(marks.length, events.length);
    const days = (date) => Date.parse(date) / 86400000;
    const [from, until] = [days(json.plan.baseline), days(json.plan.end)];
    for (const mark of marks) {
      const expected = 190 + (1080 - 190 - 74) * (days(json.events[mark.number].date) - from) / (until - from);
      assert.ok(Math.abs(mark.x - expected) < 0.1, `${mark.number} at ${mark.x}, expected ${expected}`);
    }
    const tips = await page.$$eval(".timeline .loss title", (all) => all.map((tip) => tip.textContent));
    assert.equal(tips.length, json.intervals.length);
    json.intervals.forEach((interval) => {
      const text = `at most ${interval.peak.toLocaleString("en-US")} user`;
      assert.ok(tips.some((tip) => tip.includes(text) && tip.includes(interval.from) && tip.includes(`${interval.user_days.toLocaleString("en-US")} user-days`)), text);
    });
    const table = await cells(page, "#timeline details tbody tr");
    assert.equal(table.length, json.intervals.length);
  });

  test("every cell of the matrix is the figure of report.json", async () => {
    const { page } = still;
    const parts = await page.$$eval(".matrix", (tables) => tables.map((table) => [...table.tBodies[0].rows].map((row) =>
      [...row.cells].slice(1).map((cell) => cell.querySelector(".unseen").textContent))));
    const capabilities = Object.keys(json.events[0].state);
    capabilities.forEach((capability, row) => {
      const texts = parts.flatMap((part) => part[row]);
      assert.equal(texts.length, json.events.length);
      texts.forEach((text, event) => {
        const state = json.events[event].state[capability];
        const used = state.full + state.limited + state.none + state.unknown;
        if (used === 0) return assert.equal(text, "nobody uses it");
        const words = `full ${state.full}, limited ${state.limited}, none ${state.none}, unknown ${state.unknown}, not used ${state.not_used}`;
        assert.ok(text.replaceAll(/(\d),(\d)/g, "$1$2").includes(words), `${capability}, event ${event}: ${text}`);
      });
    });
  });

  test("search, filters, sorting and pages work on the names of a phase", async () => {
    const { page, noise, close } = await open(into);
    const phase = json.phases.find((one) => one.groups.length > 3);
    const all = phase.groups.reduce((sum, group) => sum + group.users, 0);
    const box = page.locator(`#people-${phase.number}`);
    const status = box.locator("[role=status]");
    const names = () => box.locator("tbody th").allInnerTexts();
    assert.equal((await names()).length, Math.min(50, all));
    const someone = (await names())[3];
    await box.locator("[name=search]").fill(someone);
    assert.match(await status.innerText(), /^1 of /);
    assert.deepEqual(await names(), [someone]);
    await box.locator("[name=search]").fill("no such person");
    assert.match(await status.innerText(), /^0 of /);
    await box.getByRole("button", { name: "Show all" }).click();
    assert.equal(await page.evaluate(() => document.activeElement.name), "search");
    await box.locator("[name=group]").selectOption("1");
    assert.match(await status.innerText(), new RegExp(`^${phase.groups[1].users} of `));
    await box.getByRole("button", { name: "Show all" }).click();
    const address = box.getByRole("button", { name: "Address" });
    await address.click();
    const ascending = await names();
    assert.deepEqual(ascending, [...ascending].sort((a, b) => a.localeCompare(b, "en")));
    assert.equal(await box.locator("th[aria-sort]").getAttribute("aria-sort"), "ascending");
    await address.click();
    assert.equal(await box.locator("th[aria-sort]").getAttribute("aria-sort"), "descending");
    assert.notEqual((await names())[0], ascending[0]);
    await box.getByRole("button", { name: "Next" }).click();
    assert.match(await box.locator(".pages span").innerText(), /^51 to /);
    assert.deepEqual(noise, []);
    await close();
  });

  test("a group leads to its people", async () => {
    const { page, close } = await open(into);
    const phase = json.phases.find((one) => one.groups.length > 3);
    const group = page.locator(`#phase-${phase.number} .groups > details`).nth(2);
    await group.locator("summary").click();
    await group.getByRole("link", { name: "its people" }).click();
    const status = page.locator(`#people-${phase.number} [role=status]`);
    assert.match(await status.innerText(), new RegExp(`^${phase.groups[2].users} of `));
    await close();
  });

  test("tables sort by number where they hold numbers", async () => {
    const { page, close } = await open(into);
    const table = page.locator("#rules table");
    await table.getByRole("button", { name: "Findings" }).click();
    const figures = (await table.locator("tbody td:last-child").allInnerTexts()).map(number);
    assert.deepEqual(figures, [...figures].sort((a, b) => a - b));
    await close();
  });

  test("the keyboard reaches everything, beginning with the way past the contents", async () => {
    const { page, close } = await open(into);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => location.hash), "#verdict");
    const summary = page.locator(".groups summary").first();
    await summary.focus();
    assert.notEqual(await summary.evaluate((element) => getComputedStyle(element).outlineStyle), "none");
    await page.keyboard.press("Enter");
    assert.equal(await summary.evaluate((element) => element.parentElement.open), true);
    await close();
  });

  test("without script everything is there but search and sorting", async () => {
    const { page, noise, close } = await open(into, { javaScriptEnabled: false });
    const phase = json.phases.find((one) => one.groups.length > 3);
    const all = phase.groups.reduce((sum, group) => sum + group.users, 0);
    assert.equal(await page.locator(`#people-${phase.number} tbody tr`).count(), Math.min(50, all));
    assert.equal(await page.locator(".tools").first().isVisible(), false);
    assert.equal(await page.locator(".pages").first().isVisible(), false);
    assert.equal(await page.locator(`#phase-${phase.number} .groups > details`).count(), phase.groups.length);
    assert.deepEqual(noise, []);
    await close();
  });

  test("on paper the tools are gone and the figures behind the charts are there", async () => {
    const { page, close } = await open(into);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".tools").first().isVisible(), false);
    assert.equal(await page.locator(".contents").isVisible(), false);
    const paper = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    assert.equal(paper.subarray(0, 5).toString(), "%PDF-");
    writeFileSync(join(pictures, "paper.pdf"), paper);
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal(await page.locator("#series tbody tr").first().isVisible(), true);
    await close();
  });
});

describe("a report full of hostile text", () => {
  test("runs nothing, fetches nothing, and shows the texts as texts", async () => {
    const { page, noise, close } = await open(report("hostile", hostile()));
    assert.equal(await page.evaluate(() => globalThis.owned), undefined);
    for (const tag of ["iframe", "img", "object", "embed", "form", "base", "link"]) {
      assert.equal(await page.locator(tag).count(), 0, tag);
    }
    assert.equal(await page.locator("style").count(), 1);
    assert.equal(await page.locator("script:not([type])").count(), 1);
    assert.equal(await page.locator("[onload], [onerror], [onclick], [style], a[href^='javascript' i]").count(), 0);
    const text = await page.locator("body").innerText();
    for (const naughty of [NAUGHTY[0], NAUGHTY[1], NAUGHTY[3]]) assert.ok(text.includes(naughty), naughty);
    assert.ok(!/[\u202a-\u202e\u0000-\u0008\u200b]/u.test(await page.content()));
    await page.locator(".people [name=search]").first().fill("script");
    await page.locator(".people [name=department]").first().selectOption("1");
    assert.equal(await page.evaluate(() => globalThis.owned), undefined);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(noise, []);
    await close();
  });
});

describe("a report with more names than a page takes", () => {
  test("says how many it has, searches those, and names the file with all", async () => {
    const users = SEARCHABLE + 1000;
    const { page, noise, close } = await open(report("large", large(users)));
    const box = page.locator("#people-1");
    const note = await box.locator("p").first().innerText();
    assert.ok(note.includes("6,000 people in all") && note.includes("5,000 of them") && note.includes("phase-1-users.csv"), note);
    await box.locator("[name=search]").fill("user4999@");
    assert.match(await box.locator("[role=status]").innerText(), /^1 of 5,000 /);
    await box.locator("[name=search]").fill("user5000@");
    assert.match(await box.locator("[role=status]").innerText(), /^0 of 5,000 /);
    assert.deepEqual(noise, []);
    await close();
  });
});
