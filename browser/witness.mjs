// What must be true of every page, whoever looks at it and however wide the window is.

import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

// Reads a page as assistive technology does and applies the rules of WCAG.
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const WIDTHS = [1200, 360];
const SCHEMES = ["light", "dark"];
const HEIGHT = 800;

/// Counts what held and what did not, and says the latter aloud.
export class Tally {
  passed = 0;
  failed = 0;

  check(holds, sentence) {
    if (holds) {
      this.passed += 1;
    } else {
      this.failed += 1;
      console.log(`FAILED: ${sentence}`);
    }
  }
}

/// Watches one visitor: where requests go, what breaks, and how each page looks.
export class Witness {
  constructor(tally, visitor, folder) {
    this.tally = tally;
    this.visitor = visitor.name;
    this.language = visitor.language;
    this.hasRules = visitor.rules;
    this.folder = folder;
    this.astray = new Set();
    this.refusals = [];
    this.forgiven = 0;
    this.broken = [];
  }

  watch(context) {
    context.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      const near = hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "127.0.0.1";
      if (!near && !["data:", "blob:", "about:"].includes(protocol)) this.astray.add(request.url());
    });
    context.on("response", (response) => {
      if (response.status() >= 500) this.broken.push(`${response.status()} ${response.url()}`);
    });
    context.on("weberror", (error) => this.broken.push(String(error.error())));
    context.on("console", (message) => {
      if (message.type() !== "error") return;
      const isRefusal = /status of 4\d\d/.test(message.text());
      (isRefusal ? this.refusals : this.broken).push(message.text());
    });
  }

  /// One page is expected to refuse something; browsers note that as an error.
  forgives() {
    this.forgiven += 1;
  }

  /// Looks at the page as it stands: wide and narrow, light and dark.
  async look(page, name) {
    const where = `${this.visitor}, ${name}`;
    await this.read(page, where);
    await mkdir(this.folder, { recursive: true });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT });
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        const file = `${this.visitor}-${name}-${colorScheme}-${width}.png`.replaceAll(" ", "-");
        await page.screenshot({ path: join(this.folder, file), fullPage: true });
        if (this.hasRules) await this.judge(page, `${where}, ${colorScheme} at ${width}`);
      }
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      this.tally.check(over <= 0, `${where}: ${over} pixels too wide at ${width}`);
    }
    await page.setViewportSize({ width: WIDTHS[0], height: HEIGHT });
  }

  /// Applies the rules of accessibility to the page as it stands.
  async judge(page, where) {
    await page.evaluate(AXE);
    const { violations, passes } = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), RULES);
    const told = violations.map(({ id, nodes }) => `${id} at ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
    this.tally.check(passes.length > 0, `${where}: some rule was applied and kept`);
    this.tally.check(told.length === 0, `${where}: breaks rules: ${told.join("; ")}`);
  }

  async read(page, where) {
    const seen = await page.evaluate(inspect);
    const check = (holds, sentence) => this.tally.check(holds, `${where}: ${sentence}`);
    check(seen.title.length > 3, "the page has a title");
    check(seen.headings === 1, `one first heading, found ${seen.headings}`);
    check(seen.language.startsWith(this.language), `the language is "${seen.language}"`);
    check(seen.main === 1, "one main part");
    check(seen.unnamed.length === 0, `without a name: ${seen.unnamed.join(", ")}`);
    check(seen.doubled.length === 0, `identifiers used twice: ${seen.doubled.join(", ")}`);
    check(!/[{}]|undefined|NaN/.test(seen.heading), `the heading reads "${seen.heading}"`);
  }

  check(holds, sentence) {
    this.tally.check(holds, `${this.visitor}: ${sentence}`);
  }

  /// What held over the whole visit.
  conclude() {
    this.tally.check(this.astray.size === 0, `${this.visitor}: requests left: ${[...this.astray]}`);
    const refused = `${this.visitor}: refused ${this.forgiven} times: ${this.refusals.join("; ")}`;
    this.tally.check(this.refusals.length === this.forgiven, refused);
    this.tally.check(this.broken.length === 0, `${this.visitor}: broke: ${this.broken.join("; ")}`);
  }
}

/// Runs in the page.
function inspect() {
  const named = (element) =>
    element.labels?.length > 0 || element.getAttribute("aria-label") || element.title;
  const said = (element) => element.textContent.trim() || named(element) || element.querySelector("img[alt]");
  const fields = [...document.querySelectorAll("input, select, textarea")];
  const buttons = [...document.querySelectorAll("a[href], button")];
  const unnamed = [
    ...fields.filter((field) => field.type !== "hidden" && !named(field)),
    ...buttons.filter((button) => !said(button)),
  ];
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  return {
    title: document.title,
    headings: document.querySelectorAll("h1").length,
    heading: document.querySelector("h1")?.textContent ?? "",
    language: document.documentElement.lang,
    main: document.querySelectorAll("main").length,
    unnamed: unnamed.map((element) => element.outerHTML.slice(0, 80)),
    doubled: ids.filter((id, at) => ids.indexOf(id) !== at),
  };
}
