"""Inventories and plans drawn by chance, with everything in them that is hard to carry through SQL."""

import random

CLIENTS = ["lync-2013", "Lync 2010", "communicator-2007-r2", "UCCAPI/4.0.7577.314 OC/4.0.7577.314 (Microsoft Lync 2010)",
           "UCCAPI/3.5.6907.37 OC/3.5.6907.37 (Microsoft Office Communicator 2007 R2)", "lync-2010-group-chat", "FooChat; 1",
           "CPE/4.0.7423.1 OCPhone/4.0.7423.1 (Microsoft Lync 2010 (Beta) Phone Edition)", "Purple/2 (linux; RTC/5.0)", "[a;b]",
           "ocs-2007-r2-group-chat", "live-meeting-2007", "lync-web-app-2013", "RTCC/5.0.0.0 MediationServer", "'=odd", "a)b;c(d"]
DEPARTMENTS = ["IT", " it ", "HR", "hr", "Sales, Key Accounts", "Forschung & Entwicklung", "Büro", "BÜRO", "\u00a0IT", "O'Neil \\ \"x\"",
               "", " ", "Legal", "Facilities", "other", "'=IT", "=IT", "x\ny", "${env:HOME}", "İstanbul", "-"]
COLUMN = "Cost` \"Center\" $"
COLUMN_FOR_SPARK = "Cost` \"Center\" \\"
HEADER = ["SipAddress", "HomePool", "Client", "Department", "Site", "GroupChat", "PicProviders", "PicEnabled", "PicLicenseExpiry",
          "Organizer", "SchedulingAddIn"]
POOLS = ["r2", "R2.contoso.com", "l10", " l10", "l13", "CN=LC Services,CN=Microsoft,CN=l10,CN=Pools,DC=x"]
SERVERS = [("r2", "ocs-2007-r2"), ("l10", "lync-server-2010"), ("l13", "lync-server-2013"), ("l13b", "lync-server-2013")]


def inventory(seed, people, column):
    """Header and rows; the last column says in which order the rows stand."""
    chance = random.Random(f"inventory {seed}")
    pick = chance.choice

    def some(values, most, separator):
        return separator.join(chance.sample(values, chance.randint(0, most)))

    def row(address, pool):
        return [spelling(address, chance), pool if chance.random() < .9 else "", some(CLIENTS, 3, pick([";", " ; "])), pick(DEPARTMENTS),
                pick(["Berlin", "berlin", "Paris", "", "Rome"]), pick(["", "yes", "No", "TRUE", "0", "perhaps"] if chance.random() < .2 else ["", "yes", "no"]),
                some(["aol", "Yahoo!", "MSN", "skype", "xmpp", "icq"] if chance.random() < .1 else ["aol", "yahoo", "skype"], 2, pick([";", ",", " ; "])),
                pick(["", "", "yes", "no"]), pick(["", "", "2014-03-31", "2014-03-31 00:00:00", "30.06.2014", "2014-05-31T00:00:00.000", "soon" if chance.random() < .2 else ""]),
                pick(["", "yes", "no"]), pick(["", "", "", "online-meeting-add-in-lync-2010;lync-2013-web-scheduler", "odd add-in"]), pick(DEPARTMENTS)]

    rows = []
    for number in range(people):
        address = pick([f"user{number}@contoso.com", f"O'Neil+{number}@contoso.com", f"=odd{number}@x", f"jörg{number}@x", f"'+{number}@x"]
                       if chance.random() < .2 else [f"user{number}@contoso.com"])
        pool = pick(POOLS)
        first = row(address, pool)
        rows.append(first)
        for _ in range(pick([0, 0, 0, 0, 1, 2])):
            second = list(first) if chance.random() < .3 else row(address, pool if chance.random() < .8 else pick(POOLS + ["unknown.pool"]))
            rows.append(second)
    rows += [["", "r2", "lync-2010"] + [""] * 9, [" sip: ", "", "lync-2010"] + [""] * 9]
    chance.shuffle(rows)
    return HEADER + [column, "RowNumber"], [row + [f"{number:09}"] for number, row in enumerate(rows)]


def spelling(address, chance):
    plain = address if not address.startswith(("=", "'")) else address
    return chance.choice([plain, f"sip:{address}", f"SIP: {address.upper() if address.isascii() else address} ", f"\u00a0{plain}\t"]
                         if chance.random() < .3 else [plain])


def plan(seed, column):
    chance = random.Random(f"plan {seed}")
    quote = lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    def some(values):
        return "[" + ", ".join(quote(value) for value in chance.sample(values, chance.randint(1, min(3, len(values))))) + "]"

    def where():
        key = chance.choice(["department", "department", "site", "sip", "pool", "client", "group-chat", "organizer", "column", "everybody", "HomePool", "PicProviders"])
        if key == "everybody":
            return ""
        values = {"department": lambda: some(DEPARTMENTS), "site": lambda: some(["berlin", "PARIS", "", "Oslo"]),
                  "sip": lambda: some([f"sip:User{n}@contoso.com" for n in range(9)] + ["=odd3@x", "'+4@x", "o'neil+5@contoso.com"]),
                  "pool": lambda: some(["r2", "l10"]), "client": lambda: some(["lync-2010", "unrecognized", "communicator-2007-r2"]),
                  "group-chat": lambda: quote("yes"), "organizer": lambda: quote("no"), "column": lambda: some(DEPARTMENTS),
                  "HomePool": lambda: some(["r2", "l10"]), "PicProviders": lambda: some(["yahoo", "aol;yahoo", "yahoo;aol", "aol,yahoo"])}[key]()
        return f", where = {{ {quote(column) if key == 'column' else key} = {values} }}"

    text = ['[plan]\nname = "chance"\nbaseline = 2014-01-06\nend = 2014-12-31\n']
    for pool, server in SERVERS:
        text.append(f'[[pool]]\nid = "{pool}"\nserver = "{server}"\nnames = ["{pool}.contoso.com"]\n')
    text.append(f'[[chat]]\nid = "some"\nserver = "ocs-2007-r2"\n{where().removeprefix(", ")}\n[[chat]]\nid = "rest"\nserver = "lync-server-2010"\n')
    text.append("[pic]\nyahoo-license-until = 2014-04-30\n")
    for number, month in enumerate(["02", "03", "05", "08"]):
        source = chance.choice(['["r2"]', '["l10"]', '["r2", "l10"]'])
        target = chance.choice(["l10", "l13", "l13b"])
        text.append(f'[[stage]]\nid = "{chance.choice(["wave", "=wave", "a, b"])}-{number}"\ndate = 2014-{month}-01\n'
                    f'move = [{{ from = {source}, to = "{target}"{where()} }}]\n'
                    f'client = [{{ replace = ["communicator-2007-r2"], with = "lync-2013"{where()} }}, {{ add = "lync-web-app-2013"{where()} }}]\n'
                    + (f'migrate-chat = [{{ chat = "some", to = "lync-server-2013", legacy-endpoint = true }}]\n' if number == 2 else ""))
    return "\n".join(text)
