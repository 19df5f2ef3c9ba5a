// Inventories and plans for the browser tests: one hostile, one large.

// Texts that would do something if a page let them. Each is a sentence of its own, so that a test can look for it.
export const NAUGHTY = [
  `<script>window.owned = 1</script>`,
  `<img src=x onerror="window.owned = 1">`,
  `"><svg onload=window.owned=1>`,
  `'"()&%<a href="javascript:window.owned=1">x</a>`,
  `</script><script>window.owned = 1</script>`,
  `<!--<script>`,
  `]]><iframe src="https://example.com/"></iframe>`,
  `{{7*7}} \${window.owned = 1} {% raw %}`,
  `<style>*{display:none}</style>`,
  `=HYPERLINK("https://example.com/")`,
  `\u202Eevil\u202C \u0007 \u200B`,
  `&lt;b&gt; &#60;script&#62;`,
];

const cell = (text) => `"${String(text).replaceAll(`"`, `""`)}"`;
const toml = (text) => JSON.stringify(text).replaceAll("\u007f", "\\u007f");

export function hostile() {
  const header = "SipAddress,DisplayName,HomePool,Client,Department,Site,PicProviders";
  const rows = NAUGHTY.map((text, number) =>
    [`user${number}@contoso.com`, text, NAUGHTY[1], "communicator-2007-r2", text, NAUGHTY[(number + 3) % NAUGHTY.length], "aol"]
      .map(cell).join(","));
  rows.push([`<svg/onload=owned=1>@contoso.com`, "x", NAUGHTY[0], "communicator-2007", NAUGHTY[4], NAUGHTY[5], "yahoo"].map(cell).join(","));
  rows.push([`lost@contoso.com`, "x", NAUGHTY[5], NAUGHTY[2], "", "", "aol"].map(cell).join(","));
  const plan = `
[plan]
name = ${toml(NAUGHTY[4])}
baseline = 2014-01-06
[[pool]]
id = ${toml(NAUGHTY[0])}
server = "ocs-2007-r2"
site = ${toml(NAUGHTY[1])}
[[pool]]
id = ${toml(NAUGHTY[1])}
server = "lync-server-2010"
[[pool]]
id = ${toml(NAUGHTY[2])}
server = "lync-server-2013"
[[stage]]
id = ${toml(NAUGHTY[3])}
name = ${toml(NAUGHTY[4])}
phase = ${toml(NAUGHTY[6])}
date = 2014-03-01
publish = [${toml(NAUGHTY[2])}]
move = [{ from = [${toml(NAUGHTY[0])}, ${toml(NAUGHTY[1])}], to = ${toml(NAUGHTY[2])} }]
retire = [${toml(NAUGHTY[0])}]
`;
  return { plan, inventory: [header, ...rows].join("\r\n") + "\r\n" };
}

// So many users who all lose something: more than the page has names for.
export function large(users) {
  const rows = ["SipAddress,HomePool,Client,Department,Site"];
  for (let number = 0; number < users; number += 1) {
    rows.push(`user${number}@contoso.com,r2,communicator-2007,Department ${number % 37},Site ${number % 5}`);
  }
  const plan = `
[plan]
name = "Large"
baseline = 2014-01-06
[[pool]]
id = "r2"
server = "ocs-2007-r2"
[[pool]]
id = "l13"
server = "lync-server-2013"
[[stage]]
id = "all"
date = 2014-03-01
publish = ["l13"]
move = [{ from = ["r2"], to = "l13" }]
`;
  return { plan, inventory: rows.join("\n") + "\n" };
}
