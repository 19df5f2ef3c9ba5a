"use strict";
// The page is complete without this script. It makes long lists searchable and tables sortable, and fetches nothing.
(() => {
  const PAGE = 50;
  const count = new Intl.NumberFormat("en-US");
  document.documentElement.classList.add("scripted");

  // One header cell with a button; `use(direction)` is called with 1 or -1.
  const makeSortable = (th, use) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener("click", () => {
      const direction = th.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of th.parentElement.children) other.removeAttribute("aria-sort");
      th.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
      use(direction);
    });
  };

  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  // Tables whose rows are all in the page.
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const value = (row, column) => {
      const cell = row.cells[column];
      return cell.dataset.value ?? cell.textContent.trim();
    };
    for (const [column, th] of [...table.tHead.rows[0].cells].entries()) {
      makeSortable(th, (direction) => {
        const rows = [...body.rows];
        rows.sort((a, b) => direction * collator.compare(value(a, column), value(b, column)));
        body.append(...rows);
      });
    }
  }

  // Lists of people: rows come from the data beside the table, a page of them at a time.
  for (const box of document.querySelectorAll("section.people")) {
    const data = JSON.parse(box.querySelector("script").textContent);
    const table = box.querySelector("table");
    const body = table.tBodies[0];
    const [search, group, department] = ["search", "group", "department"].map((name) => box.querySelector(`[name=${name}]`));
    const told = box.querySelector("[role=status]");
    const [back, forth] = box.querySelectorAll(".pages button");
    const place = box.querySelector(".pages span");
    // The column of names is left out where nobody has one.
    const names = table.tHead.rows[0].cells.length === 7;
    const head = names ? 1 : 0;
    // Of each person: name, address, department, site, pools, group, first day.
    const people = data.people.map((row) => {
      const person = {
        cells: [
          row[0], row[1], data.departments[row[2]], data.sites[row[3]], data.pools[row[4]],
          data.groups[row[5]].what, data.days[row[6]],
        ],
        group: row[5],
        department: row[2],
      };
      if (!names) person.cells.shift();
      person.text = person.cells.join("\n").toLocaleLowerCase();
      return person;
    });
    let shown = people;
    let first = 0;
    let order = null;

    const draw = () => {
      const rows = shown.slice(first, first + PAGE).map((person) => {
        const row = document.createElement("tr");
        person.cells.forEach((text, column) => {
          const cell = document.createElement(column === head ? "th" : "td");
          if (column === head) cell.scope = "row";
          if (column === person.cells.length - 1) cell.className = "date";
          const own = document.createElement("bdi");
          own.textContent = text;
          cell.append(own);
          row.append(cell);
        });
        return row;
      });
      body.replaceChildren(...rows);
      const last = Math.min(first + PAGE, shown.length);
      place.textContent = shown.length === 0 ? "nobody" : `${count.format(first + 1)} to ${count.format(last)} of ${count.format(shown.length)}`;
      back.disabled = first === 0;
      forth.disabled = last >= shown.length;
    };

    const choose = () => {
      const words = search.value.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
      shown = people.filter((person) =>
        (group.value === "" || person.group === Number(group.value)) &&
        (department.value === "" || person.department === Number(department.value)) &&
        words.every((word) => person.text.includes(word)));
      if (order) shown.sort((a, b) => order.direction * collator.compare(a.cells[order.column], b.cells[order.column]));
      first = 0;
      told.textContent = `${count.format(shown.length)} of ${count.format(people.length)} people on this page match`;
      draw();
    };

    for (const [column, th] of [...table.tHead.rows[0].cells].entries()) {
      makeSortable(th, (direction) => {
        order = { column, direction };
        choose();
      });
    }
    const fill = (select, texts) => {
      texts.forEach((text, value) => select.append(new Option(text, String(value))));
    };
    fill(group, data.groups.map(({ id, what }) => `${what} (${id})`));
    fill(department, data.departments.map((text) => text || "(none)"));
    search.addEventListener("input", choose);
    group.addEventListener("change", choose);
    department.addEventListener("change", choose);
    box.querySelector("[name=reset]").addEventListener("click", () => {
      search.value = "";
      group.value = "";
      department.value = "";
      choose();
      search.focus();
    });
    back.addEventListener("click", () => { first = Math.max(0, first - PAGE); draw(); });
    forth.addEventListener("click", () => { first += PAGE; draw(); });
    draw();
  }

  // A link "its people" in a group filters the list of its phase.
  for (const link of document.querySelectorAll("a[data-group]")) {
    link.addEventListener("click", () => {
      const box = document.querySelector(link.hash);
      const select = box.querySelector("[name=group]");
      select.value = link.dataset.group;
      select.dispatchEvent(new Event("change"));
    });
  }

  // On paper everything is open.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.print:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
})();
