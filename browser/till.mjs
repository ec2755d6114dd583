// What a shop does about money after it was authorized, page by page: some of it is released before
// it is taken, all of it, or some is given back after.

/// Gives ten back of an order whose money was taken.
export async function givesBack(person) {
  await opens(person);
  await begins(person, "refund");
  await person.look("refund");
  await person.write("#amount", "10.00");
  await ends(person, "refund");
  await person.page.locator("main ol.timeline").nth(1).waitFor();
  await person.look("merchant order refunded");
}

/// Keeps twenty of what is held for another order and takes them; releases all of a third.
export async function releases(person, scripts) {
  await buys(person, scripts);
  await opens(person);
  await begins(person, "void");
  await person.look("release");
  await person.write("[name=keep]", "20.00");
  await ends(person, "void");
  await person.look("merchant order lowered");
  await begins(person, "capture");
  await ends(person, "capture");
  await person.page.locator('main a[href$="/refund"]').waitFor();

  await buys(person, scripts);
  await opens(person);
  await begins(person, "void");
  await ends(person, "void");
  await person.page.locator('main a[href$="/void"]').waitFor({ state: "detached" });
  await person.look("merchant order released");
  await person.readsGateway();
  await person.look("gateway transaction released");
  await person.visit("wallet", "/history");
  await person.look("history released");
}

async function buys(person, scripts) {
  await person.orders();
  await person.goesToWallet(scripts);
  await person.consents();
}

/// The newest order of the shop.
async function opens(person) {
  await person.visit("merchant");
  await person.follows('main a[href*="/orders/"]', (url) => url.pathname.includes("/orders/"));
}

async function begins(person, deed) {
  await person.follows(`main a[href$="/${deed}"]`, (url) => url.pathname.endsWith(`/${deed}`));
}

async function ends(person, deed) {
  await person.submit(`/${deed}`);
  await person.page.waitForURL((url) => !url.pathname.endsWith(`/${deed}`));
}
