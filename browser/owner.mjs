// What a merchant and a gateway do about their own certificates, page by page: renewed, taken back
// by their authority, applied for anew, approved there, and good for payments again.

import { says } from "./console.mjs";

/// What each does with its certificates: which is taken back here, what a buyer is told then, and
/// what its authority is answered. The first row of the page signs, the second is sealed to.
const OWNERS = {
  merchant: { row: 0, told: "merchant_revoked", answer: "Atelier Lumen" },
  gateway: { row: 1, told: "gateway_revoked", answer: "Demo Acquirer" },
};

/// Looks at the certificates of both sites, and renews the merchant's.
export async function renews(person) {
  await person.visit("gateway");
  await opens(person);
  await person.look("gateway certificates");
  await person.visit("merchant");
  await opens(person);
  await person.look("merchant certificates");
  const before = await serial(person);
  await person.submit("/certificates/renew");
  await person.page.locator("main tbody tr").nth(2).waitFor();
  await person.look("merchant certificates renewed");
  person.expects(before !== (await serial(person)), "another certificate is in use");
}

/// A site's certificate is taken back, nobody can pay, and it comes to others.
export async function losesAndApplies(person, site, scripts) {
  const authority = `ca-${site}`;
  const { row, told, answer } = OWNERS[site];
  await person.visit(site, "/certificates");
  await takesBack(person, authority, await serial(person, row));
  await person.failsToPay(scripts, told);
  await person.visit(site, "/certificates");
  await person.page.locator("main .note.bad[role=alert]").waitFor();
  await person.look(`${site} taken back`);
  await person.submit("/certificates/apply");
  await applies(person, site, answer);
  await approves(person, authority);
  await person.visit(site, "/certificates");
  await person.submit("/inquire");
  await person.page.waitForURL((url) => url.pathname === "/certificates");
  await person.page.locator('main form[action="/certificates/renew"]').waitFor();
  await person.look(`${site} certified again`);
  await person.ordersAgain(scripts);
  await person.consents();
}

async function opens(person) {
  await person.follows('main a[href="/certificates"]', (url) => url.pathname === "/certificates");
}

/// The number of a certificate in use: of the one that signs, or of that in another row.
function serial(person, row = 0) {
  return person.page.locator("main tbody code").nth(row).textContent();
}

async function takesBack(person, authority, number) {
  await says(person, authority);
  await person.visit(authority, `/certificates?q=${number}`);
  await person.follows('main tbody a[href^="/certificates/"]', (url) => url.pathname.startsWith("/certificates/"));
  await person.enter();
  await person.form("/revoke");
  await person.look(`${authority} consequences`);
  await person.submit("/revoke");
  await person.page.locator("main .note.bad").waitFor();
}

/// Answers the form: not at all, and then rightly.
async function applies(person, site, answer) {
  await person.page.locator("input[name=accept]").waitFor();
  await person.look(`${site} form`);
  person.witness.forgives();
  await person.enter();
  await person.page.locator("main .note.bad[role=alert]").waitFor();
  await person.page.locator("main .wrong").waitFor();
  await person.look(`${site} form with a complaint`);
  await person.write("main .field input", answer);
  await person.hands.tick(person.page.locator("input[name=accept]"));
  await person.enter();
  await person.form("/inquire");
  await person.look(`${site} pended`);
}

async function approves(person, authority) {
  await person.visit(authority, "/requests");
  await person.follows('main a[href^="/requests/"]', (url) => /^\/requests\/[0-9a-f]+$/.test(url.pathname));
  await person.look(`${authority} request`);
  await person.submit("/approve");
  await person.page.locator("main .badge.good").first().waitFor();
}
