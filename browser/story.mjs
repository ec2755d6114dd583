// One purchase in a real browser, as a person makes it: with scripts, without them, in French, and
// with a keyboard alone.
//
// What is started and what is looked at: OPENSET names the executable and CHROMIUM the browser. The
// pictures stand in var/test/screens. The last line is `N passed, N failed`.

import { chromium } from "playwright-core";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

import * as books from "./books.mjs";
import * as operator from "./console.mjs";
import { start } from "./demo.mjs";
import { Keyboard, Pointer } from "./hands.mjs";
import * as owner from "./owner.mjs";
import * as packaged from "./packaged.mjs";
import { Person } from "./person.mjs";
import * as till from "./till.mjs";
import { Tally, Witness } from "./witness.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const EXECUTABLE = process.env.OPENSET ?? join(ROOT, "target/debug/openset");
const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";
const SCREENS = join(ROOT, "var/test/screens");
const SWITCHES = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const VISITORS = [
  { name: "with scripts", language: "en", scripts: true, hands: Pointer, rules: true },
  { name: "without scripts", language: "en", scripts: false, hands: Pointer, packaged: true },
  { name: "en francais", language: "fr", scripts: true, hands: Pointer },
  { name: "by keyboard", language: "en", scripts: true, hands: Keyboard },
];

/// One visitor enrols a card if there is none, buys, and looks at every side of it.
async function visit(browser, demo, tally, visitor, first) {
  const { name, language, scripts } = visitor;
  const witness = new Witness(tally, visitor, SCREENS);
  const locale = language === "fr" ? "fr-FR" : "en-GB";
  const context = await browser.newContext({ locale, javaScriptEnabled: scripts, reducedMotion: "reduce" });
  witness.watch(context);
  const page = await context.newPage();
  const person = new Person(page, demo, witness, new visitor.hands(page));
  try {
    await story(person, visitor, first);
    tally.check(true, `${name}: the story was told to its end`);
  } catch (error) {
    tally.check(false, `${name}: at ${person.page.url()}: ${error.message}`);
    const picture = join(SCREENS, `${name.replaceAll(" ", "-")}-stuck.png`);
    await person.page.screenshot({ path: picture, fullPage: true }).catch(() => {});
  }
  witness.conclude();
  await context.close();
}

async function story(person, visitor, first) {
  await person.chooses(visitor.language);
  await person.home();
  if (first) await person.enrols();
  await person.orders();
  await person.goesToWallet(visitor.scripts);
  await person.consents();
  await person.readsReceipt();
  await person.readsHistory();
  await person.captures();
  await person.readsGateway();
  await person.readsDiagram();
  await till.givesBack(person);
  await till.asks(person);
  await till.compares(person);
  if (first || visitor.language === "fr") await books.settles(person);
  if (first) await till.releases(person, visitor.scripts);
  if (first) await till.agrees(person, visitor.scripts);
  await operator.reads(person);
  if (first) await operator.decides(person);
  if (visitor.packaged) await packaged.pays(person, EXECUTABLE);
  if (!first) return;
  await owner.renews(person);
  await owner.losesAndApplies(person, "merchant", visitor.scripts);
  await owner.losesAndApplies(person, "gateway", visitor.scripts);
}

const tally = new Tally();
const demo = await start(EXECUTABLE);
const browser = await chromium.launch({ executablePath: BROWSER, args: SWITCHES });
try {
  for (const [at, visitor] of VISITORS.entries()) {
    await visit(browser, demo, tally, visitor, at === 0);
  }
} finally {
  await browser.close();
  const code = await demo.stop();
  tally.check(code === 0, `the demonstration ended with ${code}`);
}
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;
