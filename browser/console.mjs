// What an operator of an authority does in its console, page by page.

const CARD = { number: "9999990000041018", expiry: "12/2029", holder: "Élise Faure", postcode: "29200" };
const SITE = "ca-cardholder";
const NAME = "Ada Martin";

/// Says a name at the console of an authority.
export async function says(person, authority) {
  await person.visit(authority, "/operator");
  await person.write("#name", NAME);
  await person.submit("/operator");
  await person.page.waitForURL((url) => url.pathname === "/");
}

/// Says a name, and looks at every page of the console.
export async function reads(person) {
  await person.visit(SITE);
  await person.look("console");
  await person.follows('main a[href^="/operator"]', (url) => url.pathname === "/operator");
  await person.look("console operator");
  await person.write("#name", NAME);
  await person.submit("/operator");
  await person.page.waitForURL((url) => url.pathname === "/");
  await person.visit(SITE, "/requests?all=yes");
  await person.look("console requests");
  await person.visit(SITE, "/certificates");
  await person.look("console certificates");
  await person.visit(SITE, "/lists");
  await person.look("console lists");
  await person.visit(SITE, "/audit?verify=yes");
  await person.page.locator(".note.good[role=status]").waitFor();
  await person.look("console audit");
}

/// A card about which a person decides applies, is approved, and is taken back.
export async function decides(person) {
  await applies(person);
  await person.visit(SITE, "/requests");
  await person.follows('main a[href^="/requests/"]', (url) => /^\/requests\/[0-9a-f]+$/.test(url.pathname));
  await person.look("console request");
  await person.submit("/approve");
  await person.page.locator("main .badge.good").first().waitFor();
  await person.look("console request decided");
  await person.visit(SITE, "/certificates");
  await person.follows('main a[href^="/certificates/"]', (url) => url.pathname.startsWith("/certificates/"));
  await person.look("console certificate");
  await person.enter();
  await person.form("/revoke");
  await person.look("console consequences");
  await person.submit("/revoke");
  await person.page.locator("main .note.bad").waitFor();
  await person.look("console taken back");
  await person.visit(SITE, "/lists");
  await person.submit("/lists");
  await person.page.locator("main table").first().waitFor();
}

async function applies(person) {
  await person.visit("wallet", "/cards/new");
  await person.unlocks();
  await person.write("#number", CARD.number);
  await person.write("#expiry", CARD.expiry);
  await person.submit("/cards");
  await person.page.locator("input[name=accept]").waitFor();
  for (const field of await person.page.locator("main input:not([type=hidden]):not([name=accept])").all()) {
    const asked = await person.page.locator(`label[for="${await field.getAttribute("id")}"]`).textContent();
    await person.hands.write(field, /post/i.test(asked) ? CARD.postcode : CARD.holder);
  }
  await person.hands.tick(person.page.locator("input[name=accept]"));
  await person.enter();
  await person.page.waitForURL((url) => url.pathname.startsWith("/enrolments/"));
}
