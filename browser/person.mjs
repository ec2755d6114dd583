// What a person does, page by page. Fields are found by what they are for, so that the same person
// can be French or have scripts turned off.

const PASSPHRASE = "lighthouse-42";
const CARD = { number: "9999990000064242", holder: "Ada Martin" };
const EXPIRY = "12/2029";
const POSTCODE = "29200";
const ADDRESS = "12 rue du Port, 29200 Brest";
const WAIT_MS = 60_000;
// Longer than a shop goes without looking at its gateway.
const AGAIN_MS = 60_000;
// The button of the sheet does not listen at once, so that nobody can be tricked into pressing it.
const ARM_MS = 700;

export class Person {
  constructor(page, demo, witness, hands, card = CARD, before = "") {
    this.page = page;
    this.card = card;
    this.before = before;
    this.demo = demo;
    this.hands = hands;
    this.witness = witness;
    page.setDefaultTimeout(WAIT_MS);
  }

  async visit(site, path = "/") {
    await this.page.goto(this.demo.site(site) + path);
  }

  /// The same person at other sites, with another card; pictures are named for that.
  with(demo, card, before) {
    return new Person(this.page, demo, this.witness, this.hands, card, before);
  }

  /// Keeps the file behind a link, and answers where.
  async saves(selector, path) {
    const link = this.page.locator(selector).first();
    await link.evaluate((it) => {
      for (let at = it.parentElement; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    });
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.press(selector)]);
    await download.saveAs(path);
    return path;
  }

  look(name) {
    return this.witness.look(this.page, this.before + name);
  }

  press(selector) {
    return this.hands.press(this.page.locator(selector).first());
  }

  write(selector, text) {
    return this.hands.write(this.page.locator(selector).first(), text);
  }

  submit(action) {
    return this.press(`form[action$="${action}"] button[type=submit]:not([form])`);
  }

  /// Follows a link of the page and waits until the page behind it is there.
  async follows(selector, arrived) {
    await Promise.all([this.page.waitForURL(arrived), this.press(selector)]);
  }

  /// Waits until a form of the page has this action, through pages that refresh themselves.
  form(action) {
    return this.page.locator(`form[action$="${action}"]`).first().waitFor({ state: "attached" });
  }

  async home() {
    await this.visit("home");
    await this.look("home");
  }

  async chooses(language) {
    await this.visit("home");
    await this.press(`nav a[hreflang="${language}"]`);
    await this.page.locator(`html[lang^="${language}"]`).waitFor({ state: "attached" });
  }

  /// Opens the wallet, whichever door it shows.
  async unlocks() {
    const field = this.page.locator("#passphrase");
    if ((await field.count()) === 0) return;
    await this.look("unlock");
    await this.hands.write(field, PASSPHRASE);
    const again = this.page.locator("#again");
    if (await again.count()) await this.hands.write(again, PASSPHRASE);
    await Promise.all([this.page.waitForURL((url) => !url.pathname.startsWith("/unlock")), this.enter()]);
  }

  enter() {
    return this.press("main form button[type=submit]");
  }

  async enrols() {
    await this.visit("wallet", "/cards/new");
    await this.unlocks();
    await this.page.locator("#number").waitFor();
    await this.look("new card");
    await this.write("#number", this.card.number);
    await this.write("#expiry", EXPIRY);
    await this.submit("/cards");
    await this.page.locator("input[name=accept]").waitFor();
    await this.look("registration form");
    for (const field of await this.page.locator('main input:not([type=hidden]):not([name=accept])').all()) {
      const asked = await this.page.locator(`label[for="${await field.getAttribute("id")}"]`).textContent();
      await this.hands.write(field, /post/i.test(asked) ? POSTCODE : this.card.holder);
    }
    await this.hands.tick(this.page.locator("input[name=accept]"));
    await this.enter();
    await this.page.locator(".note.good[role=status]").waitFor();
    await this.look("card certified");
    await this.visit("wallet");
    await this.look("cards");
  }

  /// Orders, delivered and paid in the usual way or in another.
  async orders(way) {
    await this.visit("shop");
    if (way) await this.hands.tick(this.page.locator(`input[name=delivery][value=${way}]`));
    await this.look(way ? `shop ${way}` : "shop");
    await this.write("#name", this.card.holder);
    await this.write("#address", ADDRESS);
    await this.press("[data-pay]");
  }

  /// From the shop's hand-over to the wallet's sheet; scripts press the first button themselves.
  async goesToWallet(scripts) {
    if (!scripts) {
      await this.page.locator("form[data-handover]").waitFor();
      await this.look("hand-over");
      await this.press("form[data-handover] button");
    }
    await this.page.waitForURL((url) => url.hostname.startsWith("wallet."));
    await this.unlocks();
    await this.form("/consent");
  }

  /// Wants to pay, and the wallet says why it does not.
  async failsToPay(scripts, code) {
    await this.orders();
    if (!scripts) await this.press("form[data-handover] button");
    await this.page.waitForURL((url) => url.hostname.startsWith("wallet."));
    this.witness.forgives();
    await this.unlocks();
    await this.page.locator("main .fine code", { hasText: code }).waitFor();
    await this.look(`payment stopped by ${code}`);
  }

  /// Orders until the wallet shows its sheet: a shop hears a little later that its gateway has
  /// another certificate, and says until then that it has none.
  async ordersAgain(scripts) {
    const until = Date.now() + AGAIN_MS;
    const sheet = this.page.locator('form[action$="/consent"]').first();
    const refusal = this.page.locator("main .fine code").first();
    do {
      await this.orders();
      if (!scripts) await this.press("form[data-handover] button");
      await this.page.waitForURL((url) => url.hostname.startsWith("wallet."));
      await this.unlocks();
      await sheet.or(refusal).first().waitFor({ state: "attached" });
      if (await sheet.count()) return;
      this.witness.forgives();
    } while (Date.now() < until);
    throw new Error(`still refused: ${await refusal.textContent()}`);
  }

  expects(holds, sentence) {
    this.witness.tally.check(holds, `${this.witness.visitor}: ${sentence}`);
  }

  async consents() {
    await this.look("consent");
    await this.page.waitForTimeout(ARM_MS);
    await this.submit("/consent");
    await this.page.locator(".note.good[role=status]").waitFor();
    await this.look("result");
  }

  async readsReceipt() {
    await this.follows("main a.btn.primary", (url) => url.hostname.startsWith("shop."));
    await this.look("receipt");
  }

  async readsHistory() {
    await this.visit("wallet", "/history");
    await this.look("history");
  }

  async captures() {
    await this.visit("merchant");
    await this.look("merchant");
    await this.follows('main a[href*="/orders/"]', (url) => url.pathname.includes("/orders/"));
    await this.look("merchant order");
    await this.follows('main a[href$="/capture"]', (url) => url.pathname.endsWith("/capture"));
    await this.look("capture");
    await this.submit("/capture");
    await this.page.waitForURL((url) => !url.pathname.endsWith("/capture"));
    await this.page.locator('main a[href$="/capture"]').waitFor({ state: "detached" });
    await this.look("merchant order captured");
  }

  async readsGateway() {
    await this.visit("gateway");
    await this.look("gateway");
    await this.follows('main a[href*="/transactions/"]', (url) => url.pathname.includes("/transactions/"));
    await this.look("gateway transaction");
  }

  async readsDiagram() {
    await this.visit("home", "/transactions");
    await this.look("transactions");
    await this.follows('main a[href*="/transactions/"]', (url) => url.pathname.includes("/transactions/"));
    await this.page.locator("main svg").first().waitFor();
    await this.look("diagram");
  }
}
