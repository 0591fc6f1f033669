// Sorts tables and copies the Markdown. The page is complete without it.
"use strict";
(function () {
	// Unknown values stay at the end in either sort order.
	function compare(a, b, sign) {
		if (a.unknown || b.unknown)
			return a.unknown - b.unknown || a.at - b.at;
		const order = typeof a.key === "number" ? a.key - b.key : a.key.localeCompare(b.key);
		return sign * order || a.at - b.at;
	}

	function sort(table, column, header) {
		const numeric = header.classList.contains("n");
		const ascending = header.getAttribute("aria-sort") ? header.getAttribute("aria-sort") !== "ascending" : !numeric;
		const body = table.tBodies[0];
		const rows = Array.from(body.rows, function (row, at) {
			const cell = row.cells[column], text = cell.textContent;
			const key = numeric ? (cell.dataset.n ? Number(cell.dataset.n) : NaN) : text.toLowerCase();
			return { row: row, at: at, key: key, unknown: numeric ? Number.isNaN(key) : text === "-" };
		});
		rows.sort(function (a, b) { return compare(a, b, ascending ? 1 : -1); });
		for (const other of table.tHead.rows[0].cells)
			other.removeAttribute("aria-sort");
		header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
		body.append.apply(body, rows.map(function (each) { return each.row; }));
	}

	for (const table of document.querySelectorAll("table")) {
		if (!table.tBodies[0] || table.tBodies[0].rows.length < 2)
			continue;
		Array.from(table.tHead.rows[0].cells).forEach(function (header, column) {
			const button = document.createElement("button");
			button.type = "button";
			button.append.apply(button, Array.from(header.childNodes));
			button.addEventListener("click", function () { sort(table, column, header); });
			header.append(button);
		});
	}

	const markdown = document.getElementById("markdown");
	if (markdown) {
		const button = document.createElement("button");
		button.type = "button";
		button.className = "copy";
		button.textContent = "Copy as Markdown";
		button.addEventListener("click", function () {
			function told(good) { button.textContent = good ? "Copied" : "Not copied: open it below"; }
			if (!navigator.clipboard)
				return told(false);
			navigator.clipboard.writeText(markdown.textContent).then(function () { told(true); }, function () { told(false); });
		});
		const details = markdown.closest("details");
		details.parentNode.insertBefore(button, details);
	}
}());
